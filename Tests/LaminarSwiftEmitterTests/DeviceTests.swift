import LaminarColumns
import LaminarInterpreter
import LaminarRuntime
import LaminarTypes
import Testing

private let second: Int64 = 1_000_000

/// Watermarks by key, in both executors, held to their definition.
@Suite struct DeviceTests {
    private struct Reading {
        var device: String
        var site: Int64
        var value: Int64
        var time: Int64
    }

    private static func make(_ executor: Feeds.Executor) throws -> any RunnablePipeline {
        if executor == .compiled { return DevicesPipeline() }
        let golden = try #require(Golden.all.first { $0.name == "SQL/devices.sql" })
        let compilation = try golden.compiled()
        return try InterpretedPipeline(try #require(compilation.plan), file: compilation.file)
    }

    /// What comes out of each sink, and the late rows of each stage that has some.
    private static func outcome(
        _ executor: Feeds.Executor, _ readings: [Reading], batch size: Int, restartsAt: Int? = nil, ends: Bool = true
    ) throws -> (rows: [String: [String]], late: [String: Int64], snapshot: [UInt8]) {
        var rows: [String: [String]] = [:]
        var pipeline = try make(executor)
        func connect() {
            pipeline.onOutput = { [unowned pipeline] sink, view in
                let sink = pipeline.interface.sinks[sink]
                for row in 0..<view.rowCount {
                    #expect(view.weights?[row] ?? 1 == 1)
                    let cells = sink.columns.indices.map { column -> String in
                        let view = view.columns[column]
                        if sink.columns[column].physicalType == .string { return view.value(row, as: StringView.self).string }
                        let number = view.value(row, as: Int64.self)
                        return "\(number.magnitude >= UInt64(second) ? number / second : number)"
                    }
                    rows[sink.name, default: []].append(cells.joined(separator: " "))
                }
            }
        }
        connect()
        let columns = pipeline.interface.sources[0].columns
        for start in stride(from: 0, to: readings.count, by: size) {
            if let restartsAt, (start..<start + size).contains(restartsAt) {
                let snapshot = pipeline.snapshot()
                pipeline = try make(executor)
                connect()
                try pipeline.restore(snapshot)
            }
            let batch = ColumnBatch(types: columns.map(\.physicalType), capacity: 64)
            for reading in readings[start..<min(start + size, readings.count)] {
                let values: [String: Value] = [
                    "device": .text(reading.device), "site": .integer(reading.site), "value": .integer(reading.value),
                    "at": .timestamp(reading.time * second),
                ]
                batch.append(columns.map { values[$0.name] ?? .null })
            }
            try batch.withView { try pipeline.push(source: 0, $0) }
        }
        let snapshot = pipeline.snapshot()
        if ends { try pipeline.finish() }
        var late: [String: Int64] = [:]
        for stage in pipeline.status.stages where stage.counters.lateRows > 0 { late[stage.name] = stage.counters.lateRows }
        return (rows, late, snapshot)
    }

    @Test(arguments: Feeds.Executor.allCases, [1, 2, 6])
    func `a window closes by the watermark of its own key`(executor: Feeds.Executor, batch: Int) throws {
        let readings = [
            Reading(device: "quick", site: 1, value: 1, time: 5), Reading(device: "slow", site: 1, value: 2, time: 3),
            // 15 − 2 = 13 = the end and the lateness: quick's first window closes, slow's stays.
            Reading(device: "quick", site: 1, value: 3, time: 15), Reading(device: "slow", site: 1, value: 4, time: 4),
            Reading(device: "quick", site: 1, value: 5, time: 9), Reading(device: "quick", site: 2, value: 6, time: 9),
        ]
        let open = try Self.outcome(executor, readings, batch: batch, ends: false)
        #expect(open.rows["minutes"] == ["quick 1 0 10 1 1"])
        #expect(open.late.values.max() == 1)
        let all = try Self.outcome(executor, readings, batch: batch)
        #expect(
            all.rows["minutes"] == [
                "quick 1 0 10 1 1", "slow 1 0 10 2 6", "quick 2 0 10 1 6", "quick 1 10 20 1 3",
            ])
    }

    @Test(arguments: Feeds.Executor.allCases, [false, true])
    func `a silent key closes when the source's watermark is far enough past its end`(
        executor: Feeds.Executor, restarts: Bool
    ) throws {
        let readings = [
            Reading(device: "silent", site: 1, value: 1, time: 5), Reading(device: "other", site: 1, value: 1, time: 44),
            // 45 − 2 − 30 = 13.
            Reading(device: "other", site: 1, value: 1, time: 45), Reading(device: "silent", site: 1, value: 1, time: 6),
            Reading(device: "silent", site: 1, value: 1, time: 20),
        ]
        for end in [2, 3] {
            let observed = try Self.outcome(
                executor, Array(readings.prefix(end)), batch: 1, restartsAt: restarts ? 1 : nil, ends: false)
            #expect(observed.rows["minutes"] ?? [] == (end == 2 ? [] : ["silent 1 0 10 1 1"]))
        }
        let all = try Self.outcome(executor, readings, batch: 1, restartsAt: restarts ? 3 : nil)
        #expect(
            all.rows["minutes"] == ["silent 1 0 10 1 1", "silent 1 20 30 1 1", "other 1 40 50 2 2"])
        #expect(all.late.contains { $0.value == 1 })
    }

    /// The rows that a window of the definition lets in, without any batch or timer.
    @Test(arguments: 0..<12) func `any input closes as the definition says`(seed: UInt64) throws {
        var numbers = ParityNumbers(state: seed)
        var readings: [Reading] = []
        for index in 0..<400 {
            let device: String = ["a", "b", "c"][Int.random(in: 0..<3, using: &numbers)]
            let value = Int64.random(in: 0..<20, using: &numbers)
            let disorder = Int64.random(in: -40...5, using: &numbers)
            let time = Int64(index / 3) + (index % 7 == 0 ? disorder : 0)
            readings.append(Reading(device: device, site: Int64(index % 2), value: value, time: time))
        }
        var marks: [String: Int64] = [:]
        var source = Int64.min / 2
        var windows: [String: (n: Int64, total: Int64)] = [:]
        var late = 0
        for reading in readings {
            let key = "\(reading.device) \(reading.site)"
            let start = Int64((Double(reading.time) / 10).rounded(.down)) * 10
            let mark = max(marks[key] ?? .min, source - 30)
            if start + 10 + 3 <= mark {
                late += 1
            } else {
                let group = "\(key) \(start) \(start + 10)"
                windows[group, default: (0, 0)].n += 1
                windows[group, default: (0, 0)].total += reading.value
            }
            marks[key] = max(marks[key] ?? .min, reading.time - 2)
            source = max(source, reading.time - 2)
        }
        #expect(late > 0)
        let expected = windows.map { "\($0.key) \($0.value.n) \($0.value.total)" }.sorted()
        var snapshots: Set<[UInt8]> = []
        for executor in Feeds.Executor.allCases {
            for batch in [1, 7, 400] {
                let observed = try Self.outcome(executor, readings, batch: batch)
                #expect(observed.rows["minutes", default: []].sorted() == expected)
                let first = observed.late.filter { $0.key.hasPrefix("windows") }.values.min()
                #expect(first == Int64(late))
                snapshots.insert(observed.snapshot)
                let restarted = try Self.outcome(executor, readings, batch: batch, restartsAt: 150)
                #expect(restarted.rows == observed.rows)
            }
        }
        #expect(snapshots.count == 1)
    }

    @Test func `hopping windows and windows over them follow`() throws {
        var readings: [Reading] = []
        for index in 0..<200 {
            readings.append(
                Reading(device: index % 2 == 0 ? "a" : "b", site: 1, value: Int64(index % 9), time: Int64(index)))
        }
        let compiled = try Self.outcome(.compiled, readings, batch: 10)
        let interpreted = try Self.outcome(.interpreted, readings, batch: 3)
        #expect(compiled.rows == interpreted.rows)
        #expect(compiled.late == [:])
        var ends: Set<Int64> = []
        for reading in readings where reading.value != 7 {
            let first: Int64 = reading.time / 5 * 5 + 5
            ends.insert((first - 1) / 20)
            ends.insert((first + 4) / 20)
        }
        #expect(compiled.rows["sites"]?.count == ends.count)
    }
}
