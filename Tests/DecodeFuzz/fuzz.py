#!/usr/bin/env python3
"""Holds the decoders to Python's json module and to a grammar of RFC 4180, over mutated documents.

usage: fuzz.py DECODE-CASES [documents of each format, default 20000] [seed]
Every document that they judge differently is printed; exit 1 if there is one.
"""
import csv, io, json, math, random, re, struct, subprocess, sys

command, count, seed = sys.argv[1], int((sys.argv[2:] + ["20000"])[0]), int((sys.argv[3:] + ["1"])[0])
numbers = random.Random(seed)
SHARE = 100_000  # documents a process decodes


def mutated(document, seeds, pieces, keep):
    document = bytearray(document)
    for _ in range(numbers.randint(0, 3)):
        place = numbers.randint(0, len(document))
        length = min(numbers.randint(0, 4), len(document) - place)
        kind = numbers.randrange(5)
        if kind == 0:
            del document[place : place + length]
        elif kind == 1:
            document[place:place] = numbers.choice(pieces)
        elif kind == 2:
            document[place : place + length] = numbers.choice(pieces)
        elif kind == 3 and place < len(document):
            document[place] = numbers.randrange(256)
        else:
            other = numbers.choice(seeds)
            start = numbers.randrange(max(len(other), 1))
            document[place:place] = other[start : start + 12]
    return bytes(b for b in document if keep(b))


def hexadecimal(value):
    return "N" if value is None else value.encode().hex()


# JSON

JSON_SEEDS = [s.encode() for s in [
    '{"name":"bob","price":1.5,"x":[1,2,{"y":null}]}', '{"price": -2.5e-3, "name": "a longer name than twelve bytes"}',
    '{"name":"esc \\"\\\\\\/\\b\\f\\n\\r\\t \\u00e9 \\ud83d\\ude00 é€😀","price":17,"z":true}',
    '{"name":null,"price":null}', '{ "price" :\t1e3 , "name"\t: "x" }\r', "{}", '{"name":"a","name":"b"}',
    '{"price":' + "9" * 400 + "}", '{"price":0.' + "1" * 400 + ',"name":"' + "n" * 300 + '"}', '{"a":1,"b":2,"name":"c","price":1.7976931348623157e308}',
    '{"price":123456789012345678901234567890e-20}', '{"price":2.2250738585072011e-308}', '{"deep":[[[[{}]]]],"name":"d"}',
]]
JSON_PIECES = [s.encode() for s in [
    '"', "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "\\udc00", "\\u0000", "null", "true", "0", "-", "1e400", "1.", ".5", "e",
    "+", " ", "\t", "\r", "é", "😀", "00", "99999999999999999999", '"price":', '"name":', "\ufeff", "/", "\x01", "\x7f", "1e-400", "7" * 400,
]] + [b"\x80", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xf4\x90\x80\x80"]


def no_constant(name):
    raise ValueError(name)


def number(text):
    """A number in its own text, since Python's double would hide one that is out of range."""
    return ("number", text)


def strings(value):
    """Every text in a value whose objects are lists of pairs."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)) and value[:1] != ("number",):
        for part in value:
            yield from strings(part)


def expected_json(document):
    """The line that the decoder must print; None where Python cannot say."""
    if document.startswith(b"\xef\xbb\xbf"):
        document = document[3:]
    if not document.strip(b" \t\r"):
        return ""
    try:
        value = json.loads(
            document.decode(), parse_constant=no_constant, parse_float=number, parse_int=number,
            object_pairs_hook=lambda pairs: ("object", pairs))
        for text in strings(value):
            text.encode()  # half a surrogate pair is an error, wherever it is
    except (ValueError, RecursionError):
        return "!"
    if not isinstance(value, tuple) or value[0] != "object":
        return "!"
    name = double = None
    cannot_say = False
    # The last of equal keys counts, but each value must fit.
    for key, part in value[1]:
        if key == "name":
            if part is not None and (not isinstance(part, str) or "\0" in part):
                return "!"
            name = part
        elif key == "price":
            double = None
            if isinstance(part, str):
                cannot_say = True  # a number's text form is a matter of its own
            elif part is not None:
                if not isinstance(part, tuple) or part[0] != "number":
                    return "!"
                double = float(part[1])
                if math.isinf(double) or (double == 0 and re.search("[1-9]", part[1].lower().split("e")[0])):
                    return "!"
    if cannot_say:
        return None
    return hexadecimal(name) + ",N" if double is None else (hexadecimal(name), double)


def agrees(line, expected):
    if isinstance(expected, str):
        return line == expected
    name, _, price = line.partition(",")
    return name == expected[0] and price not in ("", "N") and "!" not in price and float(bytes.fromhex(price)) == expected[1]


# CSV

CSV_SEEDS = [s.encode() for s in [
    "1,two,3\n4,five,6\n", '"a,b","say ""x""",\n', '"two\nlines",,"\r\n"\r\nx,y,z\r\n', "a longer text than twelve bytes,é€😀,-5\n\n,,\n",
    '"",,""\n', "a,b,c\r\nd,e,f\r\n", "1,2,3\n" * 5, ("x" * 70 + ",") * 2 + '"' + "y" * 70 + '"\n', "1,2\n", "\r\n1,2,3",
]]
CSV_PIECES = [s.encode() for s in ['"', '""', ",", "\n", "\r\n", "\r", ";", "x", "é", "\ufeff", '","', '"\n']] + [b"\0", b"\xff", b"\xc3"]
FIELD = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
RECORD = re.compile(rf"{FIELD}(?:,{FIELD})*(?:\r?\n|\Z)")
COLUMNS = 3


def expected_csv(document):
    """The rows before the first record that is wrong, from a regular expression; "!" behind them if there is one."""
    if document.startswith(b"\xef\xbb\xbf"):
        document = document[3:]
    if not document.endswith(b"\n"):
        document += b"\n"
    # Bytes that are no UTF-8 stay recognisable.
    text = document.decode(errors="surrogateescape")
    rows, place = [], 0
    while place < len(text):
        if text.startswith(("\n", "\r\n"), place):
            place += 1 if text[place] == "\n" else 2
            continue
        match = RECORD.match(text, place)
        if not match:
            return ";".join(rows) + "!"
        record = match.group()
        place = match.end()
        fields = re.findall(rf"({FIELD})(?:,|\r?\n|\Z)", record)[: record_fields(record)]
        if len(fields) != COLUMNS or "\0" in record or any("\ud800" <= c <= "\udfff" for c in record):
            return ";".join(rows) + "!"
        values = [None if f == "" else f[1:-1].replace('""', '"') if f[0] == '"' else f for f in fields]
        # Python's own reader agrees on what both can say.
        (theirs,) = csv.reader(io.StringIO(record, newline=""), strict=True)
        assert theirs == [v or "" for v in values], (record, theirs, values)
        rows.append(",".join(map(hexadecimal, values)))
    return ";".join(rows)


def record_fields(record):
    return 1 + len(re.findall(r",", re.sub(r'"(?:[^"]|"")*"', "", record)))


def training(seed, document):
    """What comes before a document: often records of the shape that it was made from."""
    if document.startswith(b"\xef\xbb\xbf"):
        return b""  # a mark that only stands at the start of an input
    if numbers.randrange(3) == 0 or expected_json(seed) == "!":
        return b""
    return (seed.rstrip() + b"\n") * numbers.randint(3, 5)


def judge(format, columns, seeds, pieces, keep, expected):
    wrong = judged = accepted = 0
    for start in range(0, count, SHARE):
        chosen = [numbers.choice(seeds) for _ in range(min(SHARE, count - start))]
        documents = [mutated(seed, seeds, pieces, keep) for seed in chosen]
        if format == "json":
            documents = [training(seed, document) + document for seed, document in zip(chosen, documents)]
        packed = b"".join(struct.pack("<I", len(d)) + d for d in documents)
        process = subprocess.run([command, format, *columns], input=packed, stdout=subprocess.PIPE)
        if process.returncode != 0:
            sys.exit(f"{format}: the decoder ended with {process.returncode}; seed {seed}, documents from {start} on")
        lines = process.stdout.decode().split("\n")[:-1]
        assert len(lines) == len(documents)
        for document, line in zip(documents, lines):
            wanted = expected(document.rpartition(b"\n")[2] if format == "json" else document)
            if wanted is None:
                continue
            judged += 1
            accepted += "!" not in line
            if not agrees(line, wanted):
                wrong += 1
                if wrong <= 10:
                    print(f"{format}: {document!r}\n    gave {line!r}\n    expected {wanted!r}")
    print(f"{format}: {judged} documents judged, {accepted} of them accepted, {wrong} judged differently")
    return wrong


status = judge("json", ["name:text", "price:double"], JSON_SEEDS, JSON_PIECES, lambda b: b != 10, expected_json)
status += judge("csv", ["a:text", "b:text", "c:text"], CSV_SEEDS, CSV_PIECES, lambda b: True, expected_csv)
sys.exit(1 if status else 0)
