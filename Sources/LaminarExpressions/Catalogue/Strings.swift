import LaminarText
import LaminarTypes

extension FunctionCatalogue {
    mutating func addStrings() {
        var family = FamilyBuilder(.strings)
        family.addConcatenation()
        family.addFormatting()
        family.addLengths()
        family.addParts()
        family.addChanges()
        add(family)
        var bytes = FamilyBuilder(.bytes)
        bytes.addByteStrings()
        add(bytes)
    }
}

extension FamilyBuilder {
    fileprivate mutating func addConcatenation() {
        kernel(
            "||", [.text, .text], .text, "concatenate", .allocates, "Joined text; one side may be of any type.",
            ["'Post' || 'greSQL'": "PostgreSQL", "'n' || 42": "n42", "'a' || NULL": "NULL"])
        // Anything beside a text is taken as its text form.
        for isTextFirst in [true, false] {
            composed("||", isTextFirst ? [.text, .any] : [.any, .text], .text) { arguments, span, diagnostics in
                joined(arguments, span, &diagnostics)
            }
        }
        composed(
            "concat", [], variadic: .any, .text, "The text of all arguments, NULLs left out.",
            ["concat('a', 1, NULL, true)": "a1t", "concat(NULL)": ""]
        ) { arguments, span, diagnostics in
            concatenation(arguments, span, &diagnostics)
        }
        composed(
            "concat_ws", [.text], variadic: .any, .text,
            "The text of the arguments behind the first, which separates them; NULLs left out.",
            ["concat_ws(',', 'a', NULL, 2)": "a,2", "concat_ws(NULL, 'a')": "NULL"]
        ) { arguments, span, diagnostics in
            concatenation(arguments, separator: arguments[0], span, &diagnostics)
        }
    }

    fileprivate mutating func addFormatting() {
        addNumberTemplates()
        composed(
            "format", [.text], variadic: .any, .text,
            "The template with `%s` replaced by the arguments' texts, `%I` as identifiers, `%L` as literals; "
                + "`%2$s` takes the second argument, `%-10s` pads.",
            [
                "format('%s is %L, %I; 100 %%', 'a', 'it''s', 'A b')": "a is 'it''s', \"A b\"; 100 %",
                "format('%2$s|%1$-3s|%3s', 'a', true, 'b')": "t|a  |  t", "format('%s', NULL)": "",
                "format('%s %s', 'a')": "error 22023", "format('%I', NULL)": "error 22004",
            ]
        ) { arguments, span, diagnostics in
            formatted(arguments, span, &diagnostics)
        }
        kernel(
            "quote_ident", [.text], .text, "quotedIdentifier", .allocates,
            "As an identifier: in double quotes where SQL needs them.",
            ["quote_ident('price')": "price", "quote_ident('Foo bar')": "\"Foo bar\"", "quote_ident('order')": "\"order\""])
        for name in ["quote_literal", "quote_nullable"] {
            let isNullable = name == "quote_nullable"
            composed(
                name, [.any], .text,
                isNullable ? "As a literal in single quotes, NULL as the word." : "As a literal in single quotes.",
                [
                    "\(name)('O''Reilly')": "'O''Reilly'", "\(name)(42.5)": "'42.5'", "\(name)('a\\b')": "E'a\\\\b'",
                    "\(name)(NULL)": "NULL",
                ]
            ) { arguments, span, diagnostics in
                quotedLiteral(arguments[0], isNullable: isNullable, span, &diagnostics)
            }
        }
    }

    private mutating func addNumberTemplates() {
        for number: TypeName in [.integer, .bigint, .numeric, .real, .double] {
            let isFirst = number == .integer
            kernel(
                "to_char", [number, .text], .text, "formatNumber", [.allocates, .canFail],
                isFirst
                    ? "A number's text, by a template of `9 0 . , D G S MI PL SG PR L TH RN V EEEE FM` and other text; "
                        + "42601 where they contradict each other."
                    : "",
                isFirst
                    ? [
                        "to_char(125, '999')": " 125", "to_char(-125.8, '999D9S')": "125.8-",
                        "to_char(1485, 'FM9,999')": "1,485", "to_char(0.0004859, '9.99EEEE')": " 4.86e-04",
                        "to_char(482, 'FMRN')": "CDLXXXII", "to_char(1485, '999')": " ###",
                        "to_char(1, '9.9.9')": "error 42601",
                    ] : [:])
        }
        composed(
            "to_number", [.text, .text], .decimal(nil), "A number from its text, by a template as of to_char.",
            [
                "to_number('12,454.8-', '99G999D9S')": "-12454.8", "to_number('', '9')": "error 22P02",
                "to_number('1', '')": "NULL",
            ]
        ) { arguments, span, _ in
            let empty = Expression.constant(.text(""), .text, span: span)
            return ifTrue(
                .call(Kernel("notEqual", [.string, .string], .bool), [arguments[1], empty], .boolean, span: span),
                .call(
                    Kernel("parseNumber", [.string, .string], .decimal, canFail: true), arguments, .decimal(nil),
                    span: span), span)
        }
    }

    fileprivate mutating func addLengths() {
        for name in ["length", "char_length", "character_length"] {
            kernel(name, [.text], .integer, "characterLength", "Number of characters.", ["\(name)('jösé')": "4"])
            kernel(name, [.char], .integer, "characterLength", over: [.text])
        }
        kernel("octet_length", [.text], .integer, "octetLength", "Number of bytes.", ["octet_length('jösé')": "6"])
        kernel("octet_length", [.char], .integer, "octetLength")
        kernel("bit_length", [.text], .integer, "bitLength", "Number of bits.", ["bit_length('jose')": "32"])
        kernel(
            "ascii", [.text], .integer, "firstCodePoint", "The code point of the first character.",
            ["ascii('x')": "120"])
        kernel(
            "chr", [.integer], .text, "character", [.allocates, .canFail], "The character with this code point.",
            ["chr(65)": "A"])
    }

    fileprivate mutating func addParts() {
        for name in ["substring", "substr"] {
            kernel(
                name, [.text, .integer], .text, "substring",
                "Characters from a position (1 is the first), with a count if given.",
                ["\(name)('Thomas', 2, 3)": "hom", "\(name)('Thomas', 3)": "omas", "\(name)('Thomas', -1, 4)": "Th"])
            kernel(name, [.text, .integer, .integer], .text, "substring", .canFail)
        }
        kernel(
            "left", [.text, .integer], .text, "left", "The first characters, or all but the last ones if negative.",
            ["left('abcde', 2)": "ab", "left('abcde', -2)": "abc"])
        kernel(
            "right", [.text, .integer], .text, "right", "The last characters, or all but the first ones if negative.",
            ["right('abcde', 2)": "de"])
        kernel(
            "split_part", [.text, .text, .integer], .text, "splitPart", .canFail,
            "The n-th field between delimiters; from the end if negative.",
            ["split_part('abc~@~def~@~ghi', '~@~', 2)": "def", "split_part('a,b,c', ',', -1)": "c"])
        kernel(
            "strpos", [.text, .text], .integer, "position",
            "Where the second first occurs in the first; 0 if it does not.",
            ["strpos('high', 'ig')": "2"])
        kernel(
            "position", [.text, .text], .integer, "position", "POSITION(a IN b).", ["position('om' IN 'Thomas')": "3"])
        kernel(
            "starts_with", [.text, .text], .boolean, "startsWith", "Whether the first starts with the second.",
            ["starts_with('alphabet', 'alph')": "true"])
        kernel(
            "^@", [.text, .text], .boolean, "startsWith", "Whether the first starts with the second.",
            ["'alphabet' ^@ 'alph'": "true"])
        kernel(
            "ends_with", [.text, .text], .boolean, "endsWith", "Whether the first ends with the second.",
            ["ends_with('alphabet', 'bet')": "true"])
    }

    fileprivate mutating func addChanges() {
        kernel("lower", [.text], .text, "lower", .allocates, "In lower case.", ["lower('TOM')": "tom"])
        kernel("upper", [.text], .text, "upper", .allocates, "In upper case.", ["upper('tom')": "TOM"])
        kernel(
            "initcap", [.text], .text, "initialCapitals", .allocates, "Each word with a capital.",
            ["initcap('hi THOMAS')": "Hi Thomas"])
        kernel(
            "reverse", [.text], .text, "reversed", .allocates, "Characters in reverse order.",
            ["reverse('abcde')": "edcba"])
        kernel(
            "repeat", [.text, .integer], .text, "repeated", [.allocates, .canFail], "The text several times.",
            ["repeat('Pg', 3)": "PgPgPg"])
        kernel(
            "replace", [.text, .text, .text], .text, "replace", .allocates,
            "All occurrences of the second replaced by the third.",
            ["replace('abcdefabcdef', 'cd', 'XX')": "abXXefabXXef"])
        kernel(
            "translate", [.text, .text, .text], .text, "translate", .allocates,
            "Characters of the second replaced by those of the third.",
            ["translate('12345', '143', 'ax')": "a2x5"])
        kernel(
            "overlay", [.text, .text, .integer], .text, "overlay", [.allocates, .canFail],
            "OVERLAY(a PLACING b FROM n FOR m).",
            ["overlay('Txxxxas' PLACING 'hom' FROM 2 FOR 4)": "Thomas"])
        kernel("overlay", [.text, .text, .integer, .integer], .text, "overlay", [.allocates, .canFail])
        let trims: [(String, String, String, KeyValuePairs<String, String>)] = [
            (
                "btrim", "trimBoth", "Without the blanks, or the given characters, at both ends.",
                ["btrim('xyxtrimyyx', 'xyz')": "trim", "trim('  a ')": "a"]
            ),
            (
                "ltrim", "trimLeading", "Without the blanks, or the given characters, at the start.",
                ["ltrim('zzzytest', 'xyz')": "test"]
            ),
            (
                "rtrim", "trimTrailing", "Without the blanks, or the given characters, at the end.",
                ["rtrim('testxxzx', 'xyz')": "test"]
            ),
        ]
        for (name, kernelName, summary, examples) in trims {
            kernel(name, [.text], .text, kernelName, summary, examples)
            kernel(name, [.text, .text], .text, kernelName)
        }
        for (name, kernelName, side) in [("lpad", "padLeft", "left"), ("rpad", "padRight", "right")] {
            kernel(
                name, [.text, .integer], .text, kernelName, [.allocates, .canFail],
                "Filled on the \(side) up to a length, by blanks or the given text.",
                name == "lpad"
                    ? ["lpad('hi', 5, 'xy')": "xyxhi"] : ["rpad('hi', 5, 'xy')": "hixyx", "rpad('hello', 3)": "hel"])
            kernel(name, [.text, .integer, .text], .text, kernelName, [.allocates, .canFail])
        }
        kernel(
            "md5", [.text], .text, "md5", .allocates, "MD5 hash in hexadecimal.",
            ["md5('abc')": "900150983cd24fb0d6963f7d28e17f72"])
        kernel(
            "to_hex", [.integer], .text, "toHexadecimal", .allocates, "In hexadecimal digits.",
            ["to_hex(2147483647)": "7fffffff"])
        kernel("to_hex", [.bigint], .text, "toHexadecimal", .allocates)
    }
}
