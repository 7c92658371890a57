// The driver of compiled random expressions: built with the generated functions, not with the tests. It reads the rows of
// the sample table and writes for each expression a line of cells, in hexadecimal behind `=`, `N` for NULL, `!` and the
// SQLSTATE of rows that fail.
import Glibc
import LaminarColumns
import LaminarKernels
import LaminarRuntime
import LaminarTypes

/// Evaluates generated functions over all rows.
struct ExpressionRun {
    let rows: [SampleRow]
    var output = ""

    mutating func evaluate<Value: BitwiseCopyable>(
        _ number: Int, _ type: String, _ body: (SampleRow, inout Arena, inout Fault) -> Value?
    ) {
        guard let type = SQLType(name: type) else { fatalError("no type \(type)") }
        output += "\(number)\t"
        var arena = Arena()
        for (index, row) in rows.enumerated() {
            var fault = Fault()
            let value = body(row, &arena, &fault)
            if index > 0 { output += "," }
            if fault.isRaised {
                output += "!" + fault.resolvedCode.sqlState
            } else if let value {
                output += "=" + hexadecimal(shown(value, type))
            } else {
                output += "N"
            }
        }
        output += "\n"
    }

    private func shown<Value: BitwiseCopyable>(_ value: Value, _ type: SQLType) -> String {
        withUnsafeBytes(of: value) { bytes in
            guard let base = bytes.baseAddress else { return "" }
            return text(of: ColumnView(values: base, validity: nil).dynamicValue(0, type: type), type: type)
        }
    }

    private func hexadecimal(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: text.utf8.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// A row of the sample file: cells in hexadecimal behind `=`, `N` for NULL, between commas.
func cells(_ line: Substring) -> [Value] {
    zip(line.split(separator: ","), sampleTypes).map { cell, name in
        if cell == "N" { return .null }
        guard let type = SQLType(name: name) else { fatalError("no type \(name)") }
        var bytes: [UInt8] = []
        var digits = cell.dropFirst()
        while digits.count >= 2 {
            bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let value = try? parse(text, as: type) else { fatalError("\(text) is no \(name)") }
        if case .array(let element) = type, let kind = ArrayValue.Kind(element), let array = ArrayValue(nested: value, kind: kind) {
            return .bytes(array.encoded)
        }
        return value
    }
}

let batch = ColumnBatch(types: sampleTypes.map { SQLType(name: $0)?.physical ?? .string }, capacity: 64)
while let line = readLine() { batch.append(cells(line[...])) }
batch.withView { view in
    var run = ExpressionRun(rows: (0..<view.rowCount).map { SampleRow(view, $0) })
    evaluateAll(&run)
    print(run.output, terminator: "")
}
