extension SQLType {
    /// The type that `description` names: the inverse for all types that a column of a file can have; nil for others.
    public init?(name: String) {
        if name.hasSuffix("[]") {
            guard let element = SQLType(name: String(name.dropLast(2))) else { return nil }
            self = .array(element)
            return
        }
        if let inner = Self.arguments(of: "row", in: name) {
            var fields: [Field] = []
            for part in inner {
                guard let (field, rest) = Self.fieldName(part), let type = SQLType(name: rest) else { return nil }
                fields.append(Field(field, type))
            }
            self = .row(fields)
            return
        }
        if let inner = Self.arguments(of: "map", in: name) {
            guard inner.count == 2, let key = SQLType(name: inner[0]), let value = SQLType(name: inner[1]) else {
                return nil
            }
            self = .map(key, value)
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

    /// What stands in the parentheses of `word(...)`, split at the commas that are in no others; nil if it is not that.
    private static func arguments(of word: String, in name: String) -> [String]? {
        guard name.hasPrefix(word + "("), name.hasSuffix(")") else { return nil }
        var parts: [String] = []
        var part = ""
        var depth = 0
        var isQuoted = false
        for character in name.dropFirst(word.count + 1).dropLast() {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                if character == ",", depth == 0 {
                    parts.append(part)
                    part = ""
                    continue
                }
            }
            if part.isEmpty, character == " " { continue }
            part.append(character)
        }
        return part.isEmpty && parts.isEmpty ? [] : parts + [part]
    }

    /// A field's name, unquoted, and its type behind it.
    private static func fieldName(_ text: String) -> (name: String, type: String)? {
        guard text.hasPrefix("\"") else {
            guard let blank = text.firstIndex(of: " ") else { return nil }
            return (String(text[..<blank]), String(text[text.index(after: blank)...]))
        }
        var name = ""
        var rest = text.dropFirst()
        while let end = rest.firstIndex(of: "\"") {
            name += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.hasPrefix("\"") else { return rest.hasPrefix(" ") ? (name, String(rest.dropFirst())) : nil }
            name += "\""
            rest = rest.dropFirst()
        }
        return nil
    }
}
