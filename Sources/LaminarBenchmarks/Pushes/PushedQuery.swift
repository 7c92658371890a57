package import LaminarRuntime

/// A pipeline that is pushed the same rows through each of its entries, with what comes out added up.
///
/// It is written beside the generated code, as a user's program is, so that entries can be inlined into the loops.
package protocol PushedQuery: AnyObject {
    init()
    var pipeline: any RunnablePipeline { get }
    /// Adds up what comes out as rows.
    func receiveRows()
    /// Adds up what comes out as columns.
    func receiveColumns()
    var received: ResultSums { get }
    associatedtype Row: Sendable
    static func row(_ bid: Bid) -> Row
    /// Pushes row by row.
    func push(_ rows: [Row]) throws(PipelineError)
    /// Pushes array by array.
    func push(arrays: [[Row]]) throws(PipelineError)
    /// Pushes one row.
    func push(_ row: Row) throws(PipelineError)
    /// Adds up what must have come out when the input has ended.
    ///
    /// - Parameter windows: for each auction, the last window in which it had a row.
    static func expected(of rows: [Bid], into sums: inout ResultSums, windows: inout [Int64])
}

/// A row of either query's source.
package struct Bid {
    package var auction: Int64
    package var bidder: Int64
    package var price: Int64
    /// Microseconds since 1970.
    package var ts: Int64

    package init(auction: Int64, bidder: Int64, price: Int64, ts: Int64) {
        self.auction = auction
        self.bidder = bidder
        self.price = price
        self.ts = ts
    }
}

/// Counts and sums of results, by which a wrong one is noticed.
package struct ResultSums: Equatable, Sendable {
    package var rows: Int64 = 0
    package var prices: Int64 = 0
    package var auctions: Int64 = 0

    package init() {}
}

package let windowMicroseconds: Int64 = 10_000_000

package final class EurosQuery: PushedQuery {
    private let euros = EurosPipeline()
    private let sums = UnsafeMutablePointer<ResultSums>.allocate(capacity: 1)

    package init() { sums.initialize(to: ResultSums()) }
    deinit { sums.deallocate() }

    package var pipeline: any RunnablePipeline { euros }
    package var received: ResultSums { sums.pointee }

    package func receiveRows() {
        let sums = sums
        euros.onEuros = { euro in
            sums.pointee.rows &+= 1
            sums.pointee.prices &+= euro.price
            sums.pointee.auctions &+= euro.auction
        }
    }

    package func receiveColumns() {
        let sums = sums
        euros.onOutput = { _, batch in
            let auctions = ColumnReader<Int64>(batch, 0)
            let prices = ColumnReader<Int64>(batch, 2)
            var total = sums.pointee
            for row in 0..<batch.rowCount {
                total.prices &+= prices[row]
                total.auctions &+= auctions[row]
            }
            total.rows &+= Int64(batch.rowCount)
            sums.pointee = total
        }
    }

    package static func row(_ bid: Bid) -> EurosPipeline.Bid {
        EurosPipeline.Bid(auction: bid.auction, bidder: bid.bidder, price: bid.price, ts: bid.ts)
    }

    package func push(_ row: EurosPipeline.Bid) throws(PipelineError) { try euros.push(row) }

    package func push(_ rows: [EurosPipeline.Bid]) throws(PipelineError) {
        for row in rows { try euros.push(row) }
    }

    package func push(arrays: [[EurosPipeline.Bid]]) throws(PipelineError) {
        for rows in arrays { try euros.push(rows) }
    }

    package static func expected(
        of rows: [Bid], into sums: inout ResultSums, windows: inout [Int64]
    ) {
        for row in rows {
            sums.rows += 1
            sums.prices += row.price * 908 / 1000
            sums.auctions += row.auction
        }
    }
}

package final class WindowsQuery: PushedQuery {
    private let windows = WindowsPipeline()
    private let sums = UnsafeMutablePointer<ResultSums>.allocate(capacity: 1)

    package init() { sums.initialize(to: ResultSums()) }
    deinit { sums.deallocate() }

    package var pipeline: any RunnablePipeline { windows }
    package var received: ResultSums { sums.pointee }

    package func receiveRows() {
        let sums = sums
        windows.onWindows = { window in
            sums.pointee.rows &+= 1
            sums.pointee.prices &+= window.total ?? 0
            sums.pointee.auctions &+= window.auction &* window.bids
        }
    }

    package func receiveColumns() {
        let sums = sums
        windows.onOutput = { _, batch in
            let auctions = ColumnReader<Int64>(batch, 0)
            let bids = ColumnReader<Int64>(batch, 2)
            let totals = NullableColumnReader<Int64>(batch, 3)
            for row in 0..<batch.rowCount {
                sums.pointee.prices &+= totals[row] ?? 0
                sums.pointee.auctions &+= auctions[row] &* bids[row]
            }
            sums.pointee.rows &+= Int64(batch.rowCount)
        }
    }

    package static func row(_ bid: Bid) -> WindowsPipeline.Bid {
        WindowsPipeline.Bid(auction: bid.auction, bidder: bid.bidder, price: bid.price, ts: bid.ts)
    }

    package func push(_ row: WindowsPipeline.Bid) throws(PipelineError) { try windows.push(row) }

    package func push(_ rows: [WindowsPipeline.Bid]) throws(PipelineError) {
        for row in rows { try windows.push(row) }
    }

    package func push(arrays: [[WindowsPipeline.Bid]]) throws(PipelineError) {
        for rows in arrays { try windows.push(rows) }
    }

    package static func expected(
        of rows: [Bid], into sums: inout ResultSums, windows: inout [Int64]
    ) {
        for row in rows {
            let window = row.ts / windowMicroseconds
            // Times go up, so a window that is not an auction's last is a new one.
            if windows[Int(row.auction)] != window { sums.rows += 1 }
            windows[Int(row.auction)] = window
            sums.prices += row.price
            sums.auctions += row.auction
        }
    }
}
