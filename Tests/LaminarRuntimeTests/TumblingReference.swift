import LaminarRuntime

/// What a tumbling window under a watermark means, row by row, over lists of rows: slow and plain.
struct TumblingReference {
    let size: Int64
    let offset: Int64
    let lateness: Int64
    let delay: Int64

    var watermark = Int64.min
    var lines: [String] = []
    var lateRows = 0
    /// Windows by start; in each, groups in order of their first rows.
    var open: [Int64: [(name: GroupName, rows: [Reading])]] = [:]

    init(size: Int64, offset: Int64 = 0, lateness: Int64, delay: Int64) {
        self.size = size
        self.offset = offset
        self.lateness = lateness
        self.delay = delay
    }

    mutating func add(_ reading: Reading) {
        guard let time = reading.time else { return }
        let start = Int64((Double(time - offset) / Double(size)).rounded(.down)) * size + offset
        if reading.passes == true {
            if start + size + lateness <= watermark {
                lateRows += 1
            } else {
                let name = GroupName(region: reading.region, device: reading.device)
                if let group = open[start, default: []].firstIndex(where: { $0.name == name }) {
                    open[start]?[group].rows.append(reading)
                } else {
                    open[start, default: []].append((name, [reading]))
                }
            }
        }
        advance(to: max(watermark, time - delay))
    }

    mutating func advance(to watermark: Int64) {
        self.watermark = watermark
        for start in open.keys.sorted() where watermark == .max || start + size + lateness <= watermark {
            for group in open[start] ?? [] {
                lines.append(resultLine(group.rows, WindowBounds(start: start, end: start + size)))
            }
            open[start] = nil
        }
    }
}
