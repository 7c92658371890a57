#!/usr/bin/env python3
"""Records what PostgreSQL 15 makes of the queries in *.sql: one .jsonl of cases for each; see README.md."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
NULL = "\\N"


class Server:
    """A throw-away server on a socket in a folder of its own."""

    def __init__(self):
        self.folder = tempfile.mkdtemp()
        self.data = f"{self.folder}/data"
        self.prefix = []
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres", self.folder], check=True)
            self.prefix = ["runuser", "-u", "postgres", "--"]
        self.run(f"{BIN}/initdb", "-D", self.data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        options = f"-c listen_addresses='' -k {self.folder} -c timezone=UTC -c fsync=off"
        self.run(f"{BIN}/pg_ctl", "-D", self.data, "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def run(self, *command):
        subprocess.run([*self.prefix, *command], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def stop(self):
        self.run(f"{BIN}/pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def psql(self, database, sql, *flags):
        """Standard output of `sql`, or the error as an exception."""
        command = [*self.prefix, "psql", "-h", self.folder, "-d", database, "-X", "-q", "-v", "ON_ERROR_STOP=1"]
        command += ["-v", "VERBOSITY=verbose", "-P", f"null={NULL}", *flags]
        result = subprocess.run(command, input=sql, capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)
        return result.stdout

    def rows(self, database, sql):
        """Column names, PostgreSQL's type names, and rows of texts."""
        types = [line.split("|") for line in self.psql(database, sql + " \\gdesc\n", "-A", "-t").splitlines()]
        lines = list(csv.reader(io.StringIO(self.psql(database, sql + ";\n", "--csv"))))
        columns = [{"name": name, "type": kind} for name, kind in types]
        return columns, [[cell(text, c["type"]) for text, c in zip(line, columns)] for line in lines[1:]]


def cell(text, kind):
    if text == NULL:
        return None
    if kind == "boolean":
        return {"t": "true", "f": "false"}[text]
    return text


def statements(text):
    """(comment in front, statement) for each statement of a script."""
    for part in re.split(r";[ \t]*\n", text):
        comment = "\n".join(re.findall(r"^--\s*(.*)$", part, re.M))
        body = "\n".join(line for line in part.splitlines() if not line.startswith("--")).strip()
        if body:
            yield comment, body


def record(server, path):
    setup, queries = path.read_text().split("-- queries\n")
    database = path.stem
    server.psql("postgres", f'CREATE DATABASE "{database}"')
    ddl, inputs, sequence = [], {}, 0
    for comment, body in statements(setup):
        if body.upper().startswith("CREATE"):
            ddl.append(body)
            inputs[re.match(r"CREATE TABLE (\w+)", body, re.I)[1]] = []
            server.psql(database, comment.removeprefix("postgresql: ") or body)
            continue
        operation, table = re.match(r"(INSERT INTO|DELETE FROM) (\w+)", body, re.I).groups()
        types, _ = server.rows(database, f"SELECT * FROM {table} LIMIT 0")
        out = server.psql(database, body + " RETURNING *;\n", "--csv")
        for line in list(csv.reader(io.StringIO(out)))[1:]:
            sequence += 1
            op = "+I" if operation.upper() == "INSERT INTO" else "-D"
            row = [cell(text, column["type"]) for text, column in zip(line, types)]
            inputs[table].append({"seq": sequence, "op": op, "row": row})
    cases = []
    for comment, body in statements(queries):
        name, _, spelling = comment.partition("\npostgresql: ")
        case = {
            "id": f"{path.stem}/{name}", "group": "relational", "tier": "core", "features": [path.stem],
            "dialect": "postgresql", "golden_by": "postgresql-15", "ddl": ddl, "inputs": inputs, "query": body,
        }
        try:
            columns, rows = server.rows(database, spelling or body)
            ordered = bool(re.search(r"ORDER BY[^()]*$", body, re.I))
            case["expect"] = {"columns": columns, "rows": rows, "mode": "final", "ordered": ordered}
        except RuntimeError as error:
            case["expect"] = None
            case["error"] = {"sqlstate": re.search(r"ERROR:\s+(\w{5}):", str(error))[1]}
        cases.append(case)
    if len({case["id"] for case in cases}) != len(cases):
        sys.exit(f"{path}: two queries have one name")
    path.with_suffix(".jsonl").write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases))
    print(f"{path.name}: {len(cases)} cases")


def main():
    server = Server()
    try:
        for path in sorted(HERE.glob("*.sql")):
            record(server, path)
    finally:
        server.stop()


main()
