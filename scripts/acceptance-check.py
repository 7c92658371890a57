#!/usr/bin/env python3
"""Runs the acceptance corpus and fails where it passes fewer cases than recorded.

usage: acceptance-check.py LAMINAR SEED FILE.jsonl...

The interpreter takes every case, in batches of one row, of seven, all at once and at random with a restart at a random
place; the compiled executor a sample that SEED decides. A case that passes interpreted must pass compiled. Recorded
counts: Tests/acceptance-counts.txt (`UPDATE_COUNTS=1` records them anew).
"""
import json, os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COUNTS = os.path.join(ROOT, "Tests", "acceptance-counts.txt")
LINE = re.compile(r"^(\S+\.jsonl) \[([^\]]*)\]: (\d+) passed")

def run(arguments):
    print("$ laminar test " + " ".join(os.path.basename(a) for a in arguments), flush=True)
    process = subprocess.run([laminar, "test", *arguments], capture_output=True, text=True)
    def give_up(why):
        sys.exit(f"laminar test {why}:\n{process.stdout[-2000:]}{process.stderr[-2000:]}")
    if process.returncode not in (0, 1):
        give_up(f"ended with {process.returncode}")
    counts, crashed = {}, []
    for line in process.stdout.splitlines():
        match = LINE.match(line)
        if match:
            print(line, flush=True)
            counts.setdefault(match[1], []).append(int(match[3]))
        elif line.lstrip().startswith(("crashed", "timed out")):
            crashed.append(line.strip())
    # A run that printed no counts has not run.
    missing = {os.path.basename(file) for file in files} - set(counts)
    if missing:
        give_up(f"gave no counts for {', '.join(sorted(missing))}")
    return counts, crashed, process.stdout

laminar, seed, files = sys.argv[1], sys.argv[2], sys.argv[3:]
problems = []
recorded = {}
if os.path.exists(COUNTS):
    for line in open(COUNTS):
        if line.strip() and not line.startswith("#"):
            name, count = line.split()
            recorded[name] = int(count)

counts, crashed, _ = run(["--verbose", "--batch", "1,7,all,random", *files])
problems += crashed
restored, crashed, _ = run(["--verbose", "--batch", "random", "--restore-at", "random", "--seed", seed, *files])
problems += crashed
for name, passed in restored.items():
    counts.setdefault(name, []).extend(passed)
if os.environ.get("UPDATE_COUNTS"):
    with open(COUNTS, "w") as out:
        out.write("# Cases of the acceptance corpus that pass on the interpreter, whatever the batches; see scripts/acceptance-check.py\n")
        for name, passed in sorted(counts.items()):
            out.write(f"{name} {min(passed)}\n")
else:
    for name, passed in counts.items():
        if min(passed) < recorded.get(name, 0):
            problems.append(f"{name}: {min(passed)} cases pass, {recorded[name]} did before")

with tempfile.TemporaryDirectory() as folder:
    sample = ["--sample", os.environ.get("SAMPLE", "20"), "--seed", seed, "--verbose"]
    verdicts = {}
    for backend in ("interpreter", "aot"):
        os.makedirs(os.path.join(ROOT, "out"), exist_ok=True)
        extra = ["--package", os.path.join(ROOT, "out", "cases")] if backend == "aot" else []
        _, crashed, text = run(["--backend", backend, *extra, *sample, *files])
        problems += crashed
        verdicts[backend] = {
            match[2]: match[1]
            for match in re.finditer(r"^  (failed|unsupported|crashed|timed out|not built) (.*?) \[", text, re.M)}
    worse = sorted(set(verdicts["aot"]) - set(verdicts["interpreter"]))
    # What the emitter refuses (0A000) is counted, not held against it; a wrong result is.
    refused = [case for case in worse if verdicts["aot"][case] == "unsupported"]
    print(f"{len(refused)} of the sample are refused compiled and pass interpreted", flush=True)
    problems += [f"passes interpreted but not compiled: {case}" for case in worse if case not in refused]

if problems:
    sys.exit("\n".join(["", "acceptance:"] + problems))
