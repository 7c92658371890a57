#!/usr/bin/env bash
# The acceptance corpus: every case with the interpreter, in batches of several sizes and with a restart at a random
# place, and compiled. Prints a line per file and executor; results go to out/ for the corpus's own comparator.
# CORPUS: the folder with the case files. SAMPLE=N SEED=S: only N cases of each file with the compiled executor.
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=${CORPUS:-../shared/acceptance}
shopt -s nullglob
files=("$corpus"/*.jsonl)
if [ ${#files[@]} -eq 0 ]; then
    echo "there are no case files in $corpus; set CORPUS" >&2
    exit 2
fi
swift build -c release --product laminar
laminar=.build/release/laminar
mkdir -p out
status=0
"$laminar" test --verbose --results out/interpreter.jsonl "${files[@]}" > out/interpreter.txt || status=1
grep -v '^  ' out/interpreter.txt
"$laminar" test --batch 7,all,random --restore-at random "${files[@]}" || status=1
sample=(--optimized)
if [ -n "${SAMPLE:-}" ]; then sample=(--sample "$SAMPLE" --seed "${SEED:-0}"); fi
"$laminar" test --backend aot --batch 7 --restore-at random --package out/cases "${sample[@]}" --verbose --results out/aot.jsonl "${files[@]}" \
    > out/aot.txt || status=1
grep -v '^  ' out/aot.txt
echo "what did not pass, with its cause: out/interpreter.txt, out/aot.txt"
exit $status
