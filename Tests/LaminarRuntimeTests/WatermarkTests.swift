import LaminarRuntime
import Testing

@Suite struct WatermarkTests {
    @Test func `a watermark is the greatest candidate and ignores null`() {
        var tracker = WatermarkTracker()
        #expect(tracker.watermark == noWatermark)
        var rose: [Bool] = []
        for candidate in [3, nil, 1, 7, .min, .max] as [Int64?] { rose.append(tracker.observe(candidate)) }
        #expect(rose == [true, false, false, true, false, true])
        #expect(tracker.watermark == endOfInput - 1)
        let ends = tracker.advance(to: endOfInput)
        #expect(ends)
    }

    @Test func `a union waits for its slowest input`() {
        var union = UnionWatermark(inputs: 2)
        let steps = [(0, 10), (1, 4), (1, 3), (1, 12)] as [(Int, Int64)]
        var rose: [Bool] = []
        var watermarks: [Int64] = []
        for (input, watermark) in steps {
            rose.append(union.advance(input, to: watermark))
            watermarks.append(union.watermark)
        }
        #expect(rose == [false, true, false, true])
        #expect(watermarks == [noWatermark, 4, 4, 10])
    }

    @Test func `steps behind one row are one step`() {
        let batch = ColumnBatch(types: [.int64])
        batch.appendStep(1)
        batch.appendStep(2)
        batch.rowCount = 1
        batch.appendStep(2)
        batch.appendStep(3)
        #expect(batch.steps == [WatermarkStep(row: 0, watermark: 2), WatermarkStep(row: 1, watermark: 3)])
    }

    @Test(arguments: [1, 7, 10, 1_000_000, Int64.max] as [Int64])
    func `every time lies in exactly one window`(size: Int64) {
        for offset in [0, 3, -3, size / 2] as [Int64] {
            let windows = TumblingWindows(size: size, offset: offset)
            for time in [Int64.min, .min + 1, -1_000_001, -11, -10, -1, 0, 1, 9, 10, 1_000_000, .max - 1, .max] {
                let index = windows.index(of: time)
                #expect(windows.start(of: index) <= time && time <= windows.last(of: index))
                #expect(index == windows.index(of: windows.last(of: index)))
                #expect(index == windows.index(of: windows.start(of: index)))
            }
        }
    }
}
