#!/usr/bin/env bash
# What pipelines cost per row in their steady state: no allocation at all, and no more instructions than recorded.
# UPDATE_COUNTS=1 records the instructions anew; read the difference. Without valgrind only allocations are checked.
set -euo pipefail
cd "$(dirname "$0")/../.."
costs=${1:-.build/release/pipeline-costs}
recorded=Tests/PipelineCosts/instructions.txt

"$costs" allocations

if ! command -v valgrind > /dev/null; then
    echo "skipped: instructions are counted by valgrind, which is not installed"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Valgrind cannot read the debug information of this compiler.
strip --strip-debug -o "$work/costs" "$costs"
valgrind --tool=callgrind --callgrind-out-file="$work/out" --instr-atstart=no \
    "$work/costs" instructions > "$work/names" 2> "$work/log" || {
    cat "$work/log" >&2
    exit 1
}
python3 - "$work" "$recorded" "${UPDATE_COUNTS:-}" <<'PYTHON'
import glob, re, sys

work, recorded, update = sys.argv[1:]
# More than this above what was recorded is a failure.
TOLERANCE = 1.10
names = [line.rstrip("\n").split("\t") for line in open(f"{work}/names")]
counts = []
for part in sorted(glob.glob(f"{work}/out.*"), key=lambda path: int(path.rsplit(".", 1)[1])):
    text = open(part).read()
    # The last part is what was left at the end of the program.
    if "Trigger: Client Request" in text:
        counts.append(int(re.search(r"^totals: (\d+)", text, re.M).group(1)))
if len(counts) != len(names):
    sys.exit(f"callgrind gave {len(counts)} counts for {len(names)} workloads")
measured = {name: count / int(rows) for (name, rows), count in zip(names, counts)}
if update:
    with open(recorded, "w") as file:
        file.write("# Instructions per row, by Tests/PipelineCosts/check.sh (UPDATE_COUNTS=1 records them).\n")
        for name, count in measured.items():
            file.write(f"{count:10.1f}  {name}\n")
limits = {}
for line in open(recorded):
    if not line.startswith("#"):
        count, name = line.strip().split("  ", 1)
        limits[name] = float(count)
status = 0
for name, count in measured.items():
    limit = limits.get(name)
    verdict = "not recorded" if limit is None else "too many" if count > limit * TOLERANCE else ""
    if verdict:
        status = 1
    lower = "fewer than recorded" if limit and count < limit / TOLERANCE else ""
    print(f"{count:10.1f} {limit or 0:10.1f}  {name} {verdict or lower}".rstrip())
for name in limits.keys() - measured.keys():
    print(f"{name}: recorded, but there is no such workload")
    status = 1
sys.exit(status)
PYTHON
