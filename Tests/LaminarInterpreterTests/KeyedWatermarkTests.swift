import LaminarCompiler
import LaminarText
import Testing

@Suite struct KeyedWatermarkTests {
    private static func errors(_ options: String, _ query: String, watermark: String = "AS ts - INTERVAL '1' SECOND") -> [String] {
        let file = SourceFile(
            name: "test.sql",
            text: "CREATE SOURCE t (k BIGINT, v BIGINT, ts TIMESTAMP, WATERMARK FOR ts \(watermark)) WITH (\(options));\n\(query);")
        let compilation = compile(file)
        return compilation.diagnostics.all.filter { $0.severity == .error }.map { diagnostic in
            // A name that is like no other has no hint.
            #expect(diagnostic.hint != nil || diagnostic.sqlState == "42703", "\(diagnostic.message)")
            return "\(diagnostic.sqlState) \(file.location(of: diagnostic.span.lower).line)"
        }
    }

    private static let key = "watermark_key = 'k', watermark_key_idle = '1 minute'"
    private static let window = "TUMBLE(ts, INTERVAL '10' SECOND)"

    @Test func `options of watermarks by key are checked`() {
        let query = "SELECT k, COUNT(*) FROM t GROUP BY k, \(Self.window)"
        #expect(Self.errors(Self.key, query) == [])
        #expect(Self.errors("watermark_key = 'k'", query) == ["42P20 1"])
        #expect(Self.errors("watermark_key_idle = '1 minute'", query) == ["42P20 1"])
        #expect(Self.errors("watermark_key = 'q', watermark_key_idle = '1 minute'", query) == ["42703 1"])
        #expect(Self.errors("watermark_key = 'k', watermark_key_idle = '1 month'", query) == ["22023 1"])
        #expect(Self.errors("watermark_key = '', watermark_key_idle = '1 minute'", query) == ["22023 1"])
        #expect(Self.errors(Self.key, query, watermark: "") == ["42P20 1"])
        #expect(Self.errors(Self.key, query, watermark: "AS ts - v * INTERVAL '1' SECOND") == ["42P20 1"])
        #expect(Self.errors(Self.key, query, watermark: "AS PROCTIME()").first == "42P20 1")
    }

    @Test func `what a watermark by key cannot serve is refused`() {
        for query in [
            "SELECT COUNT(*) FROM t GROUP BY \(Self.window)",
            "SELECT v, COUNT(*) FROM t GROUP BY v, SESSION(ts, INTERVAL '10' SECOND)",
            "SELECT * FROM SESSION(t, ts, INTERVAL '10' SECOND)",
            "SELECT COUNT(*) FROM t GROUP BY \(Self.window) EMIT CHANGES",
            "SELECT COUNT(*) FROM (SELECT * FROM t UNION ALL SELECT * FROM t) u GROUP BY k, \(Self.window)",
            "SELECT k, ts FROM t EMIT ON WINDOW CLOSE",
            "SELECT k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) FROM t",
            "SELECT k, watermark() FROM t",
            "SELECT a.k FROM t a JOIN t b ON a.k = b.k AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' MINUTE",
            "SELECT COUNT(*) FROM (SELECT ts FROM t) u GROUP BY \(Self.window)",
        ] {
            let errors = Self.errors(Self.key, query)
            #expect(errors.count >= 1 && errors.allSatisfy { ["0A000 2", "42P20 2"].contains($0) }, "\(query): \(errors)")
        }
        // What asks for no watermark is as free as ever, and windows by the key may come out as they like.
        for query in [
            "SELECT k, COUNT(*) FROM t GROUP BY k, SESSION(ts, INTERVAL '10' SECOND)",
            "SELECT * FROM SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)",
            "SELECT k, COUNT(*) FROM t GROUP BY k, \(Self.window) EMIT CHANGES",
            "SELECT k, COUNT(*) FROM t GROUP BY k, \(Self.window) ALLOW LATENESS INTERVAL '1' SECOND EMIT AFTER WATERMARK",
            "SELECT k, COUNT(*) FROM t GROUP BY k, \(Self.window) LATE DATA TO late", "SELECT k, ts FROM t",
            "SELECT k, COUNT(*) FROM t GROUP BY k",
        ] {
            #expect(Self.errors(Self.key, query) == [])
        }
    }
}
