import LaminarSyntax
import LaminarText
import LaminarTypes

extension Binder {
    /// The type that `syntax` names; nil after a report.
    mutating func resolveType(_ syntax: TypeSyntax) -> SQLType? {
        guard let element = resolveElementType(syntax) else { return nil }
        // As in PostgreSQL, an array's type does not say how many dimensions it has.
        return syntax.arrayDepth > 0 ? .array(element) : element
    }

    private mutating func resolveElementType(_ syntax: TypeSyntax) -> SQLType? {
        let parameters = syntax.parameters.map(\.value)
        switch syntax.name {
        case "boolean", "bool": return .boolean
        case "smallint", "int2", "tinyint": return .smallint
        case "integer", "int", "int4", "signed": return .integer
        case "bigint", "int8", "long": return .bigint
        case "bigint unsigned", "ubigint", "uint8": return .unsignedBigint
        case "real", "float4": return .real
        case "double precision", "double", "float8": return .double
        case "float":
            if let bits = parameters.first { return bits <= 24 ? .real : .double }
            return options.dialect.floatIsSingle ? .real : .double
        case "decimal", "numeric", "dec": return decimalType(syntax, parameters)
        case "text", "string": return .text
        case "varchar", "character varying": return parameters.first.map { .varchar($0) } ?? .text
        case "char", "character", "bpchar", "nchar":
            return syntax.isKeyword || syntax.name == "bpchar" ? .char(parameters.first ?? 1) : .char(1)
        case "name": return .text
        case "bytea", "bytes", "varbinary", "binary", "blob": return .bytea
        case "date": return .date
        case "time": return .time
        case "timestamp", "datetime":
            let digits = min(max(parameters.first ?? 6, 0), 6)
            return syntax.timeZone == .with || syntax.timeZone == .withLocal ? .timestamptz(digits) : .timestamp(digits)
        case "timestamptz", "timestamp_ltz": return .timestamptz(min(max(parameters.first ?? 6, 0), 6))
        case "interval": return .interval
        case "uuid": return .uuid
        case "json": return .json
        case "jsonb", "variant": return .jsonb
        case "row", "struct":
            var fields: [Field] = []
            for field in syntax.fields {
                guard let type = resolveType(field.type) else { return nil }
                if field.isNotNull {
                    diagnostics.unsupported(
                        "NOT NULL of a field", at: field.span,
                        hint: "Declare the column NOT NULL, and test the field where it must not be NULL.")
                    return nil
                }
                if fields.contains(where: { $0.name == field.name.text }) {
                    diagnostics.report(
                        .error, "42701", at: field.name.span,
                        "attribute \"\(field.name.text)\" specified more than once")
                    return nil
                }
                fields.append(Field(field.name.text, type))
            }
            if fields.isEmpty {
                diagnostics.report(
                    .error, "42601", at: syntax.nameSpan, "a row type needs fields",
                    hint: "Write \(syntax.name.uppercased())(a INT, b TEXT).")
                return nil
            }
            return .row(fields)
        case "map":
            guard syntax.arguments.count == 2, let key = resolveType(syntax.arguments[0]),
                let value = resolveType(syntax.arguments[1])
            else {
                if syntax.arguments.count != 2 {
                    diagnostics.report(
                        .error, "42601", at: syntax.nameSpan, "a map type needs the types of keys and values",
                        hint: "Write MAP<TEXT, INT>.")
                }
                return nil
            }
            return .map(key, value)
        case "regclass", "regtype", "oid", "xml", "money", "inet", "point", "box", "bit", "bit varying", "timetz":
            diagnostics.unsupported("type \"\(syntax.name)\"", at: syntax.nameSpan)
            return nil
        default: break
        }
        diagnostics.report(
            .error, "42704", at: syntax.nameSpan, "type \"\(syntax.name)\" does not exist",
            hint: nearestName(to: syntax.name, among: Self.typeNames).map { "Did you mean \"\($0)\"?" })
        return nil
    }

    private mutating func decimalType(_ syntax: TypeSyntax, _ parameters: [Int]) -> SQLType? {
        guard let precision = parameters.first else { return .decimal(nil) }
        let scale = parameters.count > 1 ? parameters[1] : 0
        guard (1...38).contains(precision), (-38...38).contains(scale) else {
            diagnostics.report(
                .error, "22023", at: syntax.span, "\(syntax.name)(\(precision),\(scale)) is out of range",
                hint: "Precision may be 1 to 38, scale -38 to 38.")
            return nil
        }
        return .decimal(DecimalParameters(precision: precision, scale: scale))
    }

    private static let typeNames = [
        "boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric", "decimal", "text", "varchar",
        "char", "row", "struct", "map", "bytea", "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb", "string",
    ]
}
