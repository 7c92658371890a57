#!/usr/bin/env bash
# Builds the flights example as a user would and runs it on the year of departures, or on the committed week.
set -euo pipefail
cd "$(dirname "$0")/.."
data=data/flights-2013.ndjson
[ -s "$data" ] || data=examples/flights/data/week.ndjson
swift build --package-path examples/flights -c release --product flights
mkdir -p out
examples/flights/.build/release/flights "$data" out/late-departures.ndjson
printf '\nout/late-departures.ndjson begins with\n'
head -3 out/late-departures.ndjson
