#!/usr/bin/env bash
# Everything that `make test` checks, with a line for each step; stops at the first that fails.
# CORPUS: the acceptance corpus, if it is there. SAMPLE: cases of each file for the compiled executor.
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=${CORPUS:-../shared/acceptance}
started=$SECONDS
step() { printf '\n== %s (%d s so far)\n' "$1" $((SECONDS - started)); }

step "unit, golden and property tests"
swift build --build-tests 2>&1 | grep -E "warning:|error:|Compiling|Build" | tail -5
swift test --skip-build

step "the hot loop as bitcode"
Tests/Bitcode/check.sh .build/debug/Modules

step "release build"
swift build -c release --product laminar
swift build -c release --product laminar-compile

step "SQL cases with the results of PostgreSQL"
.build/release/laminar test --backend interpreter --batch 1,7,all,random Tests/Cases/*.jsonl
.build/release/laminar test --backend interpreter --batch random --restore-at random Tests/Cases/*.jsonl
mkdir -p out
# With random queries in the same package, other ones for each commit, and what the reference says of them.
.build/release/laminar test --random out/random.jsonl --cases 5 --seed "$(git rev-parse HEAD 2>/dev/null || echo none)"
.build/release/laminar test --backend aot --package out/own --batch 7,random --restore-at random Tests/Cases/*.jsonl out/random.jsonl

step "decoders against other parsers"
swift build -c release --product decode-cases
Tests/DecodeFuzz/fuzz.py .build/release/decode-cases 50000 "$RANDOM"

step "allocations and instructions per row"
swift build -c release --product pipeline-costs
Tests/PipelineCosts/check.sh

step "the plugin from a package outside"
Tests/PluginTests/run.sh

step "examples"
swift build --package-path examples/ohlc -c release
swift run --package-path examples/ohlc -c release --skip-build ohlc
swift build --package-path examples/flights -c release --product flights
examples/flights/.build/release/flights examples/flights/data/week.ndjson

step "acceptance"
shopt -s nullglob
files=("$corpus"/*.jsonl)
if [ ${#files[@]} -eq 0 ]; then
    echo "skipped: there is no acceptance corpus in $corpus"
else
    seed=$(git rev-parse HEAD 2>/dev/null || echo none)
    scripts/acceptance-check.py .build/release/laminar "$seed" "${files[@]}"
fi

printf '\nall steps passed in %d s\n' $((SECONDS - started))
