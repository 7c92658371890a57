import LaminarCases
import LaminarTypes

extension RandomCase {
    /// The case as a line of a case file, with what the reference expects; nil where the compiler refuses the query or the
    /// reference does not know something in it.
    package var line: String? {
        // What has come out every so often when the input goes on depends on the clock, which a line does not have.
        if !endsInput, query.sql.contains("EMIT EVERY") { return nil }
        guard let testCase = try? testCase, case .object(var members) = json else { return nil }
        let compilation = compileCase(testCase)
        guard compilation.plan != nil, let query = compilation.logical.queries.last,
            let arrivals = try? testCase.arrivals(of: compilation.logical)
        else { return nil }
        members.removeAll { $0.name == "expect" }
        do throws(ReferenceError) {
            let expected = try Expected(
                query, equivalent: try testCase.equivalentPlan, arrivals, ends: endsInput)
            // Columns that only serve the order are not shown.
            let shown = query.plan.fields.count - query.presentation.hiddenColumns
            let columns = query.plan.fields.prefix(shown).map { field in
                JSONValue.object([.init("name", .string(field.name)), .init("type", .string("\(field.type)"))])
            }
            let rows = expected.tables.last?.map { row in
                JSONValue.array(row.prefix(shown).map { $0.map(JSONValue.string) ?? .null })
            }
            // What cancels to zero here may leave a rounding in another order of operations, which no relative limit admits.
            let isZero = query.plan.fields.prefix(shown).enumerated().contains { column, field in
                field.type == .double && (expected.tables.last ?? []).contains { $0[column] == "0" }
            }
            if isZero, self.query.sql.contains("regr_intercept") || self.query.sql.contains("corr(") { return nil }
            members.append(
                .init(
                    "expect",
                    .object([
                        .init("columns", .array(columns)), .init("rows", .array(rows ?? [])),
                        .init("mode", .string(expected.isAppendOnly ? "append" : "final")),
                    ])))
        } catch {
            if error.sqlState == "0A000" { return nil }
            members.append(.init("error", .object([.init("sqlstate", .string(error.sqlState))])))
        }
        return JSONValue.object(members).text
    }
}
