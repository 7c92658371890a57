// PostgreSQL's regular expressions in linear time. 2201B for a pattern that is not valid or needs back-references or
// look-around, 22023 for wrong flags or positions. Positions count code points from 1.
//
// A function that gives NULL without a match comes in two: one that says whether there is a match, one for its value.

import LaminarTypes

/// The compiled pattern; `nil` and a fault if there is none.
private func compile(
    _ pattern: StringView, _ options: RegularExpressionOptions, _ fault: inout Fault, at site: Int
) -> RegularExpression? {
    do throws(RegularExpressionError) {
        return try RegularExpression.compiled(pattern, options)
    } catch {
        fault.raise(.invalidRegularExpression, at: site)
        return nil
    }
}

/// The options of `flags`, and whether `g` is among them; a fault for a letter that is no flag.
private func options(
    _ flags: StringView, allowsGlobal: Bool, _ fault: inout Fault, at site: Int
) -> (RegularExpressionOptions, isGlobal: Bool) {
    var result = RegularExpressionOptions()
    var isGlobal = false
    flags.withBytes { letters in
        for letter in letters {
            if letter == UInt8(ascii: "g") && allowsGlobal {
                isGlobal = true
            } else if !result.set(letter) {
                fault.raise(.invalidParameterValue, at: site)
            }
        }
    }
    return (result, isGlobal)
}

func codePoints(_ text: StringView) -> [UInt32] {
    text.withBytes { bytes in
        if isASCII(bytes) { return bytes.map { UInt32($0) } }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.map(\.value)
    }
}

private func appendUTF8(_ scalars: ArraySlice<UInt32>, to result: inout [UInt8]) {
    for value in scalars {
        guard let scalar = Unicode.Scalar(value) else { continue }
        result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
    }
}

private let noFlags = StringView()

// MARK: Matching

/// `a ~ pattern`.
public func matchesRegularExpression(
    _ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    compile(pattern, RegularExpressionOptions(), &fault, at: site)?.matches(a) ?? false
}

/// `a ~* pattern`.
public func matchesRegularExpressionIgnoringCase(
    _ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    compile(pattern, RegularExpressionOptions(ignoresCase: true), &fault, at: site)?.matches(a) ?? false
}

/// `regexp_like(a, pattern, flags)`.
public func matchesRegularExpression(
    _ a: StringView, _ pattern: StringView, _ flags: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    return compile(pattern, options, &fault, at: site)?.matches(a) ?? false
}

/// `a SIMILAR TO pattern`, with the escape `\`.
public func similarTo(_ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int) -> Bool {
    similarTo(a, pattern, StringView(head: 0x5c_0000_0001, tail: 0), &fault, at: site)
}

/// `a SIMILAR TO pattern ESCAPE escape`; 22025 for an escape longer than a code point.
public func similarTo(
    _ a: StringView, _ pattern: StringView, _ escape: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    let mark = codePoints(escape)
    guard mark.count <= 1 else {
        fault.raise(.invalidEscapeSequence, at: site)
        return false
    }
    var arena = Arena()
    let translated = arena.copy(advancedPattern(ofSimilar: codePoints(pattern), escape: mark.first))
    return matchesRegularExpression(a, translated, &fault, at: site)
}

/// The advanced regular expression of a pattern of SIMILAR TO, after PostgreSQL's `similar_escape`.
func advancedPattern(ofSimilar pattern: [UInt32], escape: UInt32?) -> String {
    var result = String.UnicodeScalarView("^(?:".unicodeScalars)
    var isEscaped = false
    var isInSet = false
    var isFirstInSet = false
    var separators = 0
    for value in pattern {
        guard let scalar = Unicode.Scalar(value) else { continue }
        if isEscaped {
            if scalar == "\"" && !isInSet {
                // Separators of the parts of SUBSTRING … SIMILAR only group here.
                result.append(contentsOf: (separators == 0 ? "){1,1}?(" : "){1,1}(?:").unicodeScalars)
                separators += 1
            } else {
                if !ScalarSet.belongs(value, to: .alphanumeric) { result.append("\\") }
                result.append(scalar)
            }
            isEscaped = false
        } else if value == escape {
            isEscaped = true
        } else if isInSet {
            if scalar == "\\" { result.append("\\") }
            result.append(scalar)
            if scalar == "]" && !isFirstInSet { isInSet = false }
            isFirstInSet = isFirstInSet && scalar == "^"
        } else {
            switch scalar {
            case "[":
                result.append(scalar)
                isInSet = true
                isFirstInSet = true
            case "%": result.append(contentsOf: ".*".unicodeScalars)
            case "_": result.append(".")
            case "(": result.append(contentsOf: "(?:".unicodeScalars)
            case "\\", ".", "^", "$":
                result.append("\\")
                result.append(scalar)
            default: result.append(scalar)
            }
        }
    }
    result.append(contentsOf: ")$".unicodeScalars)
    return String(result)
}

// MARK: Replacing

/// `regexp_replace(a, pattern, replacement)`: the first match; `\1` … `\9` stand for groups, `\&` for the match.
public func replaceRegularExpression(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    replaceRegularExpression(a, pattern, replacement, 1, 1, noFlags, &arena, &fault, at: site)
}

/// `regexp_replace(a, pattern, replacement, flags)`: all matches with the flag `g`.
public func replaceRegularExpression(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, _ flags: StringView, _ arena: inout Arena,
    _ fault: inout Fault, at site: Int
) -> StringView {
    let (options, isGlobal) = options(flags, allowsGlobal: true, &fault, at: site)
    return replace(a, pattern, replacement, start: 1, number: isGlobal ? 0 : 1, options, &arena, &fault, at: site)
}

/// `regexp_replace(a, pattern, replacement, start, number, flags)`: match `number` at or behind `start`, 0 for all.
public func replaceRegularExpression(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, _ start: Int32, _ number: Int32,
    _ flags: StringView, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    let (options, _) = options(flags, allowsGlobal: true, &fault, at: site)
    return replace(a, pattern, replacement, start: start, number: number, options, &arena, &fault, at: site)
}

/// `regexp_replace(a, pattern, replacement, start)`: the first match at or behind `start`.
public func replaceRegularExpression(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, _ start: Int32, _ arena: inout Arena,
    _ fault: inout Fault, at site: Int
) -> StringView {
    replaceRegularExpression(a, pattern, replacement, start, 1, noFlags, &arena, &fault, at: site)
}

/// `regexp_replace(a, pattern, replacement, start, number)`.
public func replaceRegularExpression(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, _ start: Int32, _ number: Int32,
    _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    replaceRegularExpression(a, pattern, replacement, start, number, noFlags, &arena, &fault, at: site)
}

private func replace(
    _ a: StringView, _ pattern: StringView, _ replacement: StringView, start: Int32, number: Int32,
    _ options: RegularExpressionOptions, _ arena: inout Arena, _ fault: inout Fault, at site: Int
) -> StringView {
    guard start > 0, number >= 0 else {
        fault.raise(.invalidParameterValue, at: site)
        return a
    }
    guard let expression = compile(pattern, options, &fault, at: site) else { return a }
    let text = codePoints(a)
    let template = codePoints(replacement)
    var result: [UInt8] = []
    var copied = 0
    var hasMatch = false
    eachMatch(of: expression, in: text, from: Int(start) - 1) { index, match in
        if number != 0 && index < Int(number) { return true }
        hasMatch = true
        appendUTF8(text[copied..<match.start], to: &result)
        append(template, match, text, to: &result)
        copied = match.end
        return number == 0
    }
    if !hasMatch { return a }
    appendUTF8(text[copied...], to: &result)
    return makeBytes(&arena, result)
}

private func append(
    _ template: [UInt32], _ match: RegularExpression.Match, _ text: [UInt32], to result: inout [UInt8]
) {
    var i = 0
    while i < template.count {
        if template[i] == 92 && i + 1 < template.count {
            let next = template[i + 1]
            i += 2
            var group: Int?
            if next == 38 { group = 0 } else if next >= 49 && next <= 57 { group = Int(next - 48) }
            if let group {
                if 2 * group + 1 < match.bounds.count, match.bounds[2 * group] >= 0 {
                    appendUTF8(text[match.bounds[2 * group]..<match.bounds[2 * group + 1]], to: &result)
                }
            } else if next == 92 {
                result.append(92)
            } else {
                // A backslash before anything else stands for itself.
                result.append(92)
                appendUTF8([next], to: &result)
            }
            continue
        }
        appendUTF8(template[i...i], to: &result)
        i += 1
    }
}

/// Calls `body` with matches that do not overlap and their numbers from 1, until it returns false.
private func eachMatch(
    of expression: RegularExpression, in text: [UInt32], from start: Int,
    _ body: (Int, RegularExpression.Match) -> Bool
) {
    var position = start
    var number = 0
    while position <= text.count {
        guard let match = expression.firstMatch(in: text, from: position) else { return }
        number += 1
        if !body(number, match) { return }
        position = match.end > match.start ? match.end : match.end + 1
    }
}

// MARK: Counting and finding

/// `regexp_count(a, pattern, start, flags)`.
public func countRegularExpression(
    _ a: StringView, _ pattern: StringView, _ start: Int32, _ flags: StringView, _ fault: inout Fault, at site: Int
) -> Int32 {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    guard start > 0 else {
        fault.raise(.invalidParameterValue, at: site)
        return 0
    }
    guard let expression = compile(pattern, options, &fault, at: site) else { return 0 }
    var count: Int32 = 0
    eachMatch(of: expression, in: codePoints(a), from: Int(start) - 1) { _, _ in
        count += 1
        return true
    }
    return count
}

/// `regexp_count(a, pattern, start)`.
public func countRegularExpression(
    _ a: StringView, _ pattern: StringView, _ start: Int32, _ fault: inout Fault, at site: Int
) -> Int32 {
    countRegularExpression(a, pattern, start, noFlags, &fault, at: site)
}

/// `regexp_count(a, pattern)`.
public func countRegularExpression(
    _ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int
) -> Int32 {
    countRegularExpression(a, pattern, 1, noFlags, &fault, at: site)
}

/// Match `number` at or behind `start`; a fault for positions below 1.
private func find(
    _ text: [UInt32], _ pattern: StringView, _ start: Int32, _ number: Int32, _ flags: StringView,
    _ fault: inout Fault, at site: Int
) -> RegularExpression.Match? {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    guard start > 0, number > 0 else {
        fault.raise(.invalidParameterValue, at: site)
        return nil
    }
    guard let expression = compile(pattern, options, &fault, at: site) else { return nil }
    var result: RegularExpression.Match?
    eachMatch(of: expression, in: text, from: Int(start) - 1) { index, match in
        if index == Int(number) { result = match }
        return index < Int(number)
    }
    return result
}

/// The bounds of a group of the first match, without making an array.
private func firstBounds(
    of group: Int32, in a: StringView, _ pattern: StringView, _ flags: StringView, _ fault: inout Fault, at site: Int
) -> (start: Int, end: Int)? {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    guard let expression = compile(pattern, options, &fault, at: site) else { return nil }
    // A pattern without groups is its own first one.
    let group = expression.captureCount == 0 && group == 1 ? 0 : Int(group)
    return group > expression.captureCount ? nil : expression.firstBounds(of: group, in: a)
}

/// Where the bounds of a group stand, if it took part; a pattern without groups is its own first one.
private func slot(of group: Int32, in match: RegularExpression.Match) -> Int? {
    let slot = match.bounds.count == 2 && group == 1 ? 0 : 2 * Int(group)
    return slot + 1 < match.bounds.count && match.bounds[slot] >= 0 ? slot : nil
}

/// `regexp_instr(a, pattern, start, number, end, flags, group)`: where the match or its group begins (`end` 0) or what
/// follows it begins (`end` 1); 0 without a match.
public func positionOfRegularExpression(
    _ a: StringView, _ pattern: StringView, _ start: Int32, _ number: Int32, _ end: Int32, _ flags: StringView,
    _ group: Int32, _ fault: inout Fault, at site: Int
) -> Int32 {
    guard end == 0 || end == 1, group >= 0 else {
        fault.raise(.invalidParameterValue, at: site)
        return 0
    }
    if start == 1, number == 1 {
        let bounds = firstBounds(of: group, in: a, pattern, flags, &fault, at: site)
        return bounds.map { Int32(truncatingIfNeeded: (end == 0 ? $0.start : $0.end) + 1) } ?? 0
    }
    guard let match = find(codePoints(a), pattern, start, number, flags, &fault, at: site),
        let slot = slot(of: group, in: match)
    else { return 0 }
    return Int32(truncatingIfNeeded: match.bounds[slot + Int(end)] + 1)
}

/// Whether `regexp_substr(a, pattern, start, number, flags, group)` has a value.
public func hasRegularExpression(
    _ a: StringView, _ pattern: StringView, _ start: Int32, _ number: Int32, _ flags: StringView, _ group: Int32,
    _ fault: inout Fault, at site: Int
) -> Bool {
    positionOfRegularExpression(a, pattern, start, number, 0, flags, group, &fault, at: site) > 0
}

/// `regexp_substr(a, pattern, start, number, flags, group)`; empty where there is no match (NULL in SQL).
public func substringOfRegularExpression(
    _ a: StringView, _ pattern: StringView, _ start: Int32, _ number: Int32, _ flags: StringView, _ group: Int32,
    _ fault: inout Fault, at site: Int
) -> StringView {
    guard group >= 0 else {
        fault.raise(.invalidParameterValue, at: site)
        return StringView()
    }
    if start == 1, number == 1 {
        let bounds = firstBounds(of: group, in: a, pattern, flags, &fault, at: site)
        return bounds.map { characters(a, from: $0.start, to: $0.end) } ?? StringView()
    }
    guard let match = find(codePoints(a), pattern, start, number, flags, &fault, at: site),
        let slot = slot(of: group, in: match)
    else { return StringView() }
    return characters(a, from: match.bounds[slot], to: match.bounds[slot + 1])
}

/// Whether `substring(a FROM pattern)` has a value.
public func hasSubstringMatching(
    _ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    firstBounds(of: 1, in: a, pattern, noFlags, &fault, at: site) != nil
}

/// `substring(a FROM pattern)`: the first group, or the match of a pattern without groups; empty where there is none
/// (NULL in SQL).
public func substringMatching(
    _ a: StringView, _ pattern: StringView, _ fault: inout Fault, at site: Int
) -> StringView {
    let bounds = firstBounds(of: 1, in: a, pattern, noFlags, &fault, at: site)
    return bounds.map { characters(a, from: $0.start, to: $0.end) } ?? StringView()
}

// MARK: Arrays

/// Whether `regexp_match(a, pattern, flags)` has a value.
public func hasRegularExpression(
    _ a: StringView, _ pattern: StringView, _ flags: StringView, _ fault: inout Fault, at site: Int
) -> Bool {
    matchesRegularExpression(a, pattern, flags, &fault, at: site)
}

/// `regexp_match(a, pattern, flags)`: the groups of the first match, or the match of a pattern without groups; empty
/// where there is none (NULL in SQL).
public func groupsOfRegularExpression(
    _ a: StringView, _ pattern: StringView, _ flags: StringView, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    let text = codePoints(a)
    guard let expression = compile(pattern, options, &fault, at: site), let match = expression.firstMatch(in: text)
    else { return encode(ArrayValue(.text, []), &arena) }
    return encode(ArrayValue(.text, groups(of: match, in: text)), &arena)
}

private func groups(of match: RegularExpression.Match, in text: [UInt32]) -> [Value] {
    let first = match.bounds.count > 2 ? 1 : 0
    return (first..<match.bounds.count / 2).map { group in
        let (start, end) = (match.bounds[2 * group], match.bounds[2 * group + 1])
        return start < 0 ? .null : .text(string(text[start..<end]))
    }
}

private func string(_ scalars: ArraySlice<UInt32>) -> String {
    var bytes: [UInt8] = []
    appendUTF8(scalars, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// `regexp_matches(a, pattern, flags)` as an array of two dimensions: the groups of the first match, or with `g` of all.
public func allGroupsOfRegularExpression(
    _ a: StringView, _ pattern: StringView, _ flags: StringView, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    let (options, isGlobal) = options(flags, allowsGlobal: true, &fault, at: site)
    let text = codePoints(a)
    var elements: [Value] = []
    var count = 0
    if let expression = compile(pattern, options, &fault, at: site) {
        eachMatch(of: expression, in: text, from: 0) { _, match in
            elements += groups(of: match, in: text)
            count += 1
            return isGlobal
        }
    }
    return encode(
        ArrayValue(.text, elements, dimensions: [count, count == 0 ? 0 : elements.count / count]), &arena)
}

/// `regexp_split_to_array(a, pattern, flags)`; empty matches at the ends and behind another match do not split.
public func splitByRegularExpression(
    _ a: StringView, _ pattern: StringView, _ flags: StringView, _ arena: inout Arena, _ fault: inout Fault,
    at site: Int
) -> StringView {
    let (options, _) = options(flags, allowsGlobal: false, &fault, at: site)
    let text = codePoints(a)
    var pieces: [Value] = []
    var start = 0
    if let expression = compile(pattern, options, &fault, at: site) {
        eachMatch(of: expression, in: text, from: 0) { _, match in
            if match.start == match.end, match.start == start || match.start >= text.count { return true }
            pieces.append(.text(string(text[start..<match.start])))
            start = match.end
            return true
        }
    }
    pieces.append(.text(string(text[start...])))
    return encode(ArrayValue(.text, pieces), &arena)
}
