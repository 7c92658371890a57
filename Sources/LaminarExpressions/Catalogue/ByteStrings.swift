import LaminarTypes

extension FamilyBuilder {
    mutating func addByteStrings() {
        kernel("||", [.bytea, .bytea], .bytea, "concatenate", .allocates)
        kernel("length", [.bytea], .integer, "octetLength")
        kernel("octet_length", [.bytea], .integer, "octetLength")
        kernel("bit_length", [.bytea], .integer, "bitLength")
        kernel("md5", [.bytea], .text, "md5", .allocates)
        kernel(
            "encode", [.bytea, .text], .text, "encode", [.allocates, .canFail], "Bytes as text: hex, base64 or escape.",
            ["encode('\\x0102'::bytea, 'hex')": "0102"])
        kernel(
            "decode", [.text, .text], .bytea, "decode", [.allocates, .canFail], "Text as bytes: hex, base64 or escape.",
            ["decode('0102', 'hex')": "\\x0102"])
        kernel(
            "convert_from", [.bytea, .text], .text, "textFromBytes", .canFail, "Bytes in an encoding (UTF8) as text.",
            ["convert_from('\\x6a6f', 'UTF8')": "jo"])
        kernel(
            "convert_to", [.text, .text], .bytea, "bytesFromText", .canFail, "Text as bytes of an encoding (UTF8).",
            ["convert_to('jo', 'UTF8')": "\\x6a6f"])
        for name in ["substring", "substr"] {
            kernel(name, [.bytea, .integer], .bytea, "substringOfBytes")
            kernel(name, [.bytea, .integer, .integer], .bytea, "substringOfBytes", .canFail)
        }
        kernel("position", [.bytea, .bytea], .integer, "positionOfBytes")
        kernel("overlay", [.bytea, .bytea, .integer], .bytea, "overlayBytes", [.allocates, .canFail])
        kernel("overlay", [.bytea, .bytea, .integer, .integer], .bytea, "overlayBytes", [.allocates, .canFail])
        kernel("btrim", [.bytea, .bytea], .bytea, "trimBytesBoth")
        kernel("ltrim", [.bytea, .bytea], .bytea, "trimBytesLeading")
        kernel("rtrim", [.bytea, .bytea], .bytea, "trimBytesTrailing")
        kernel(
            "get_byte", [.bytea, .integer], .integer, "byte", .canFail, "The byte at a position from 0 on.",
            ["get_byte('\\x1234'::bytea, 1)": "52"])
        kernel(
            "set_byte", [.bytea, .integer, .integer], .bytea, "settingByte", [.allocates, .canFail],
            "With another byte at a position.", ["set_byte('\\x1234'::bytea, 0, 255)": "\\xff34"])
        kernel(
            "get_bit", [.bytea, .bigint], .integer, "bit", .canFail, "The bit at a position from 0 on.",
            ["get_bit('\\x01'::bytea, 0)": "1"])
        kernel(
            "set_bit", [.bytea, .bigint, .integer], .bytea, "settingBit", [.allocates, .canFail],
            "With another bit at a position.", ["set_bit('\\x01'::bytea, 1, 1)": "\\x03"])
        kernel("bit_count", [.bytea], .bigint, "bitCount", "How many bits are set.", ["bit_count('\\x0f'::bytea)": "4"])
    }
}
