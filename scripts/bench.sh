#!/usr/bin/env bash
# The benchmark table: ours (compiled and interpreted) beside hand-written C++ on the same machine. Results are checked
# first, against DuckDB's. PEERS: the folder with run_peers.py; it is copied, since it builds in place.
# EVENTS: 1m (default), 5m or 10m, as far as generated.
set -euo pipefail
cd "$(dirname "$0")/.."
peers=${PEERS:-../shared/peers}
events=${EVENTS:-1m}
work=${PEERS_WORK:-out/peers}
mkdir -p "$work"
work=$(cd "$work" && pwd)
export PEERS_VENVS=${PEERS_VENVS:-$work/venvs} PEERS_DATA=${PEERS_DATA:-$work/data} PEERS_OUT=${PEERS_OUT:-$work/out}
if [ ! -x "$work/peers/limit/limit" ]; then
    cp -r "$peers" "$work/peers"
    chmod -R u+w "$work/peers"
    "$work/peers/setup.sh" core
fi
# The tumbling query has no reference of its own there.
if ! grep -q '"tumble"' "$work/peers/engines/ref_sql.py"; then
    cat >> "$work/peers/engines/ref_sql.py" <<'SQL'
Q["tumble"] = '''SELECT auction, "dateTime" - "dateTime" % 10000, COUNT(*), CAST(SUM(price) AS BIGINT) FROM bid GROUP BY 1, 2'''
SQL
fi
swift build -c release --product laminar
laminar=$PWD/.build/release/laminar
run() { # query, engine, command
    python3 "$work/peers/run_peers.py" --engine "$2" --query "$1" --events "$events" ${3:+--cmd "$3"} "${@:4}"
}
field() { python3 -c 'import json,sys; print(json.loads(sys.stdin.readlines()[-1]).get(sys.argv[1], "-"))' "$1"; }
status=0
printf '%-8s %-12s %-8s %14s %8s\n' query engine input 'CPU ns/event' result
for query in q0 q1 q2 tumble; do
    for input in columns ndjson; do
        for backend in aot interpreter; do
            command="$laminar bench nexmark --query {query} --data {data} --input $input --backend $backend --reps 5 --out {out}"
            line=$(run $query cmd "$command" --verify)
            ok=$(field ok <<< "$line")
            if [ "$ok" != True ]; then status=1; echo "$line" >&2; fi
            [ "$ok" = True ] && verdict=checked || verdict=WRONG
            printf '%-8s %-12s %-8s %14s %8s\n' $query $backend $input "$(field ns_cpu_per_event <<< "$line")" $verdict
        done
    done
    if [ $query != tumble ]; then
        printf '%-8s %-12s %-8s %14s %8s\n' $query C++ columns "$(run $query limit | field ns_cpu_per_event)" -
        printf '%-8s %-12s %-8s %14s %8s\n' $query C++ ndjson "$(run $query limit-json | field ns_cpu_per_event)" -
    fi
done
exit $status
