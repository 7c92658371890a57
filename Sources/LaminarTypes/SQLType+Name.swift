extension SQLType {
    /// The type that `description` names: the inverse for all types that a column of a file can have; nil for others.
    public init?(name: String) {
        if name.hasSuffix("[]") {
            guard let element = SQLType(name: String(name.dropLast(2))) else { return nil }
            self = .array(element)
            return
        }
        var base = name
        var parameters: [Int] = []
        if let open = name.firstIndex(of: "("), name.hasSuffix(")") {
            base = String(name[..<open])
            for part in name[name.index(after: open)...].dropLast().split(separator: ",") {
                guard let number = Int(part) else { return nil }
                parameters.append(number)
            }
        }
        switch (base, parameters.count) {
        case ("boolean", 0): self = .boolean
        case ("smallint", 0): self = .smallint
        case ("integer", 0): self = .integer
        case ("bigint", 0): self = .bigint
        case ("bigint unsigned", 0): self = .unsignedBigint
        case ("real", 0): self = .real
        case ("double precision", 0): self = .double
        case ("numeric", 0): self = .decimal(nil)
        case ("numeric", 2): self = .decimal(DecimalParameters(precision: parameters[0], scale: parameters[1]))
        case ("text", 0): self = .text
        case ("character varying", 1): self = .varchar(parameters[0])
        case ("character", 1): self = .char(parameters[0])
        case ("bytea", 0): self = .bytea
        case ("date", 0): self = .date
        case ("time", 0): self = .time
        case ("timestamp", 0): self = .timestamp(6)
        case ("timestamp", 1): self = .timestamp(parameters[0])
        case ("timestamptz", 0): self = .timestamptz(6)
        case ("timestamptz", 1): self = .timestamptz(parameters[0])
        case ("interval", 0): self = .interval
        case ("uuid", 0): self = .uuid
        case ("json", 0): self = .json
        case ("jsonb", 0): self = .jsonb
        default: return nil
        }
    }
}
