import LaminarCSV
import LaminarFiles
import Testing

@Suite struct FileOptionsTests {
    private func source(_ options: [(key: String, value: String)], format: String? = nil) -> String {
        switch FileSourceOptions.parse(options, format: format) {
        case .success(let options):
            return "\(options.path) \(options.format) \(options.errorPolicy) \(options.maximumRecordByteCount)"
        case .failure(let error):
            return "\(error.optionIndex.map(String.init) ?? "-"): \(error)\(error.hint.map { " " + $0 } ?? "")"
        }
    }

    @Test func `the format comes from FORMAT, the option or the path's ending`() {
        #expect(source([("path", "a/*.ndjson")]) == "a/*.ndjson ndjson fail 67108864")
        #expect(source([("path", "a.JSON")]) == "a.JSON ndjson fail 67108864")
        #expect(source([("path", "a.csv")]) == "a.csv csv fail 67108864")
        #expect(source([("path", "-")]) == "- ndjson fail 67108864")
        #expect(source([("path", "-"), ("format", "csv")]) == "- csv fail 67108864")
        #expect(source([("path", "a.txt")], format: "JSON") == "a.txt ndjson fail 67108864")
        #expect(
            source([("path", "a.txt")])
                == "0: the format of \"a.txt\" is not known from its ending [22023] Add format = 'json' or format = 'csv'.")
        #expect(
            source([("path", "a"), ("format", "avro")])
                == "1: files have no format \"avro\" [22023] It must be json, ndjson, csv or debezium.")
        #expect(
            source([("path", "a"), ("format", "csv")], format: "json")
                == "1: format is \"json\" in FORMAT and \"csv\" in the options [42601]")
    }

    @Test func `an unknown option is refused with its place, a guess and the valid ones`() {
        #expect(
            source([("path", "a.csv"), ("delimeter", ";")])
                == "1: file source has no option \"delimeter\" [HV00D] Did you mean \"delimiter\"? Valid options of a "
                + "file source are: path, format, compression, header, delimiter, quote, null, on_error, "
                + "dead_letter_path, max_record_bytes, op_column.")
        #expect(
            FileSinkOptions.parse([("path", "a.csv"), ("on_error", "skip")])
                == .failure(
                    OptionError(
                        "HV00D", "file sink has no option \"on_error\"",
                        hint: "Valid options of a file sink are: path, format, compression, header, delimiter, quote, null.",
                        optionIndex: 1)))
        #expect(source([("path", "a.csv"), ("Path", "b.csv")]) == "1: option \"path\" given more than once [42601]")
    }

    @Test func `a wrong value, and an option without effect, are refused with their place`() {
        #expect(
            source([]) == "-: option \"path\" is missing [22023] Add path = '...', or '-' for standard input or output.")
        #expect(source([("path", "")]) == "0: invalid value for option \"path\": \"\" [22023] It must be a path, or -.")
        #expect(
            source([("path", "a.csv"), ("header", "maybe")])
                == "1: invalid value for option \"header\": \"maybe\" [22023] It must be true or false.")
        #expect(
            source([("path", "a.csv"), ("delimiter", ";;")])
                == "1: invalid value for option \"delimiter\": \";;\" [22023] It must be one ASCII character.")
        #expect(source([("path", "a.csv"), ("delimiter", "\"")]) == "1: delimiter and quote must differ [22023]")
        #expect(source([("path", "a.json"), ("header", "true")]) == "1: option \"header\" is for format csv only [22023]")
        #expect(
            source([("path", "a.json"), ("on_error", "ignore")])
                == "1: invalid value for option \"on_error\": \"ignore\" [22023] It must be fail, skip or dead_letter.")
        #expect(
            source([("path", "a.json"), ("on_error", "dead_letter")])
                == "1: on_error = 'dead_letter' needs a file [22023] Add the option dead_letter_path.")
        #expect(
            source([("path", "a.json"), ("dead_letter_path", "b")])
                == "1: option \"dead_letter_path\" has no effect without on_error = 'dead_letter' [22023]")
        #expect(
            source([("path", "a.json"), ("max_record_bytes", "1k")])
                == "1: invalid value for option \"max_record_bytes\": \"1k\" [22023] It must be a number from 1 to "
                + "2147483648.")
    }

    @Test func `CSV options reach the decoder`() throws {
        let parsed = try FileSourceOptions.parse([
            ("path", "a.csv"), ("header", "true"), ("delimiter", "\\t"), ("quote", "'"), ("null", "NA"),
        ]).get()
        #expect(parsed.csv == CSVOptions(delimiter: 9, quote: UInt8(ascii: "'"), hasHeader: true, nullText: "NA"))
    }
}
