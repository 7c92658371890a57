/// A piece of SQL that knows how it can be made simpler, so that a failing query shrinks whatever it is about.
package indirect enum Sketch: Sendable {
    case text(String)
    case sequence([Sketch])
    /// Any of the simpler pieces may stand instead.
    case choice(Sketch, simpler: [Sketch])
    /// Elements may go as long as so many stay.
    case list([Sketch], separator: String, minimum: Int)
    /// Two spellings of one thing over the same pieces, which stand where `{0}`, `{1}` … do: that of the query, and that
    /// which the reference evaluates.
    case twin(String, reference: String, [Sketch])

    /// May go altogether.
    static func optional(_ sketch: Sketch) -> Sketch { .choice(sketch, simpler: [.text("")]) }

    package var sql: String {
        switch self {
        case .text(let text): text
        case .sequence(let parts): parts.map(\.sql).joined()
        case .choice(let sketch, _): sketch.sql
        case .list(let elements, let separator, _): elements.map(\.sql).joined(separator: separator)
        case .twin(let template, _, let parts): Self.filled(template, parts.map(\.sql))
        }
    }

    /// The query that the reference evaluates in its place: the same, but for twins.
    package var referenceSQL: String {
        switch self {
        case .text(let text): text
        case .sequence(let parts): parts.map(\.referenceSQL).joined()
        case .choice(let sketch, _): sketch.referenceSQL
        case .list(let elements, let separator, _): elements.map(\.referenceSQL).joined(separator: separator)
        case .twin(_, let template, let parts): Self.filled(template, parts.map(\.referenceSQL))
        }
    }

    private static func filled(_ template: String, _ parts: [String]) -> String {
        var pieces = template.split(separator: "{", omittingEmptySubsequences: false).map(String.init)
        var result = pieces.removeFirst()
        for piece in pieces {
            guard let end = piece.firstIndex(of: "}"), let index = Int(piece[..<end]), parts.indices.contains(index) else {
                result += "{" + piece
                continue
            }
            result += parts[index] + piece[piece.index(after: end)...]
        }
        return result
    }

    /// Every way to make one piece of it simpler, the boldest first.
    package var simplifications: [Sketch] {
        switch self {
        case .text: return []
        case .sequence(let parts):
            return parts.indices.flatMap { index in
                parts[index].simplifications.map { simpler in
                    var copy = parts
                    copy[index] = simpler
                    return Sketch.sequence(copy)
                }
            }
        case .choice(let sketch, let simpler):
            return simpler + sketch.simplifications.map { .choice($0, simpler: simpler) }
        case .twin(let template, let reference, let parts):
            return parts.indices.flatMap { index in
                parts[index].simplifications.map { simpler in
                    var copy = parts
                    copy[index] = simpler
                    return Sketch.twin(template, reference: reference, copy)
                }
            }
        case .list(let elements, let separator, let minimum):
            var result: [Sketch] = []
            if elements.count > minimum {
                for index in elements.indices {
                    var copy = elements
                    copy.remove(at: index)
                    result.append(.list(copy, separator: separator, minimum: minimum))
                }
            }
            for index in elements.indices {
                for simpler in elements[index].simplifications {
                    var copy = elements
                    copy[index] = simpler
                    result.append(.list(copy, separator: separator, minimum: minimum))
                }
            }
            return result
        }
    }
}

extension Sketch: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self = .text(text) }

    package init(stringInterpolation: Interpolation) { self = .sequence(stringInterpolation.parts) }

    package struct Interpolation: StringInterpolationProtocol {
        var parts: [Sketch] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ text: String) {
            if !text.isEmpty { parts.append(.text(text)) }
        }

        package mutating func appendInterpolation(_ sketch: Sketch) { parts.append(sketch) }
        package mutating func appendInterpolation(_ text: String) { parts.append(.text(text)) }
        package mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }
    }
}
