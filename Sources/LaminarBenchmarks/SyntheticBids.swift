internal import LaminarColumns
import LaminarFormats
import LaminarJSON
import LaminarCSV
import LaminarKernels
package import LaminarRuntime
import LaminarTypes

/// Bids like Nexmark's, made in memory, as columns or as text; each block's times go on where the last one's ended.
///
/// A block of rows is filled anew by `advance`, which allocates nothing for columns.
package final class SyntheticBids {
    package enum Form: String, CaseIterable, Sendable {
        case columns, ndjson, csv
    }

    package let rows: Int
    private let form: Form
    private let source: PipelineInterface.Source
    private let batch: ColumnBatch
    private var bids: [TextualBid] = []
    private var text: [UInt8] = []
    private var json: NDJSONDecoder?
    private var csv: CSVDecoder?
    private let views: UnsafeMutablePointer<ColumnView>
    /// Milliseconds from one bid to the next, so that every block closes windows of ten seconds.
    private static let step: Int64 = 3

    package init(rows: Int, form: Form, source: PipelineInterface.Source) throws(BenchmarkError) {
        self.rows = rows
        self.form = form
        self.source = source
        views = .allocate(capacity: max(source.columns.count, 1))
        batch = ColumnBatch(types: source.columns.map(\.physicalType), capacity: form == .columns ? rows : 1024)
        var numbers = Numbers()
        bids = (0..<rows).map { TextualBid(&numbers, time: 1_436_918_400_000 + Int64($0) * Self.step) }
        let columns = source.columns.enumerated().map { index, column in
            // Times are written as milliseconds, which a TIMESTAMP column takes in JSON only.
            DecodedColumn(
                column.name, column.physicalType == .string ? .text : .bigint, isNullable: false,
                outputIndex: index)
        }
        do throws(FormatConfigurationError) {
            switch form {
            case .columns: break
            case .ndjson: json = try NDJSONDecoder(columns: columns)
            case .csv:
                csv = try CSVDecoder(columns: columns, tableColumns: TextualBid.columns, options: CSVOptions(hasHeader: false))
            }
        } catch {
            throw BenchmarkError("\(error)")
        }
        json?.borrowsStrings = true
        csv?.borrowsStrings = true
        fill()
    }

    deinit { views.deallocate() }

    /// Moves all bids to later times.
    package func advance() {
        for index in bids.indices { bids[index].time += Int64(rows) * Self.step }
        fill()
    }

    private func fill() {
        if form != .columns {
            text.removeAll(keepingCapacity: true)
            for bid in bids { bid.append(to: &text, asJSON: form == .ndjson) }
            text += [UInt8](repeating: 0x20, count: 256)
            return
        }
        batch.clear()
        for bid in bids {
            for (index, column) in source.columns.enumerated() {
                switch column.name {
                case "auction": batch.write(bid.auction, column: index, row: batch.rowCount)
                case "bidder": batch.write(bid.bidder, column: index, row: batch.rowCount)
                case "price": batch.write(bid.price, column: index, row: batch.rowCount)
                case "channel": batch.write(bid.channel, column: index, row: batch.rowCount)
                case "url": batch.write(bid.url, column: index, row: batch.rowCount)
                case "extra": batch.write(bid.extra, column: index, row: batch.rowCount)
                default:
                    let unit: Int64 = column.type.hasPrefix("timestamp") ? 1000 : 1
                    batch.write(bid.time * unit, column: index, row: batch.rowCount)
                }
            }
            batch.rowCount += 1
        }
    }

    /// Hands over the columns of the block, 1,024 rows a batch.
    func eachBatch<E: Error>(_ body: (BatchView) throws(E) -> Void) throws(E) {
        var row = 0
        while row < rows {
            let count = min(1024, rows - row)
            for index in 0..<batch.columnCount {
                views[index] = ColumnView(
                    values: batch.rawValues(index) + row * batch.types[index].stride, validity: nil)
            }
            try body(BatchView(columns: UnsafePointer(views), rowCount: count))
            row += count
        }
    }

    /// A value of the block's columns.
    func value(row: Int, column: Int, type: SQLType) -> Value {
        batch.withView { $0.columns[column].dynamicValue(row, type: type) }
    }

    /// Pushes the block, 1,024 rows a batch.
    package func push(into pipeline: any RunnablePipeline) throws(PipelineError) {
        switch form {
        case .columns:
            try eachBatch { (view) throws(PipelineError) in try pipeline.push(source: 0, view) }
        case .ndjson, .csv:
            var position = 0
            let end = text.count - 256
            while position < end {
                batch.clear()
                // Sound: 256 more bytes are readable behind the text.
                let outcome = text.withUnsafeBufferPointer { bytes in
                    let rest = UnsafeBufferPointer(rebasing: bytes[position..<end])
                    return form == .ndjson ? json?.decode(rest, into: batch) : csv?.decode(rest, into: batch, isAtEnd: true)
                }
                guard let outcome, outcome.failure == nil, outcome.consumed > 0 else {
                    throw PipelineError(sqlState: "22P04", message: "the text does not decode")
                }
                for (index, column) in source.columns.enumerated() where column.type.hasPrefix("timestamp") {
                    let values = batch.values(index, as: Int64.self)
                    for row in 0..<batch.rowCount { values[row] &*= 1000 }
                }
                try batch.withView { (view) throws(PipelineError) in try pipeline.push(source: 0, view) }
                position += outcome.consumed
            }
        }
    }
}

private struct TextualBid {
    static let columns = ["auction", "bidder", "price", "channel", "url", "dateTime", "extra"]

    var auction: Int64
    var bidder: Int64
    var price: Int64
    var channel: String
    var url: String
    var time: Int64
    var extra: String

    init(_ numbers: inout Numbers, time: Int64) {
        auction = 1000 + Int64(numbers.next(1000))
        bidder = 2000 + Int64(numbers.next(5000))
        price = 100 + Int64(numbers.next(5_000_000))
        let names = ["Apple", "Google", "Facebook", "Baidu"]
        if numbers.next(2) == 0 {
            channel = names[numbers.next(4)]
            url = "https://www.nexmark.com/\(numbers.letters(4))/\(numbers.letters(4))/\(numbers.letters(4))/item.htm?query=1"
        } else {
            let number = numbers.next(10_000)
            channel = "channel-\(number)"
            url = "https://www.nexmark.com/\(numbers.letters(4))/\(numbers.letters(4))/item.htm?query=1&channel_id=\(number)"
        }
        self.time = time
        extra = numbers.letters(40 + numbers.next(40))
    }

    func append(to text: inout [UInt8], asJSON: Bool) {
        let values = [
            "\(auction)", "\(bidder)", "\(price)", channel, url, "\(time)", extra,
        ]
        if !asJSON {
            text += (values.joined(separator: ",") + "\n").utf8
            return
        }
        let members = zip(Self.columns, values).map { name, value in
            ["channel", "url", "extra"].contains(name) ? "\"\(name)\":\"\(value)\"" : "\"\(name)\":\(value)"
        }
        text += ("{" + members.joined(separator: ",") + "}\n").utf8
    }
}

private struct Numbers {
    private var state: UInt64 = 7

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func letters(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in UInt8(97 + next(26)) }, as: UTF8.self)
    }
}
