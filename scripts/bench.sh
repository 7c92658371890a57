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
# What has no reference of its own there: the tumbling query, the parts of q5 and q7 that are measured, and q12 by a clock
# that goes on by 100 µs with each row and stands still during a batch of up to 1,024.
if ! grep -q '"q12"' "$work/peers/engines/ref_sql.py"; then
    cat >> "$work/peers/engines/ref_sql.py" <<'SQL'
Q["tumble"] = '''SELECT auction, "dateTime" - "dateTime" % 10000, COUNT(*), CAST(SUM(price) AS BIGINT) FROM bid GROUP BY 1, 2'''
Q["q5"] = '''WITH pane AS (SELECT auction, "dateTime" - "dateTime" % 2000 AS pane, COUNT(*) AS c FROM bid GROUP BY 1, 2)
    SELECT auction, pane - o, CAST(SUM(c) AS BIGINT) FROM pane, (VALUES (0),(2000),(4000),(6000),(8000)) AS t(o) GROUP BY 1, 2'''
Q["q7"] = '''SELECT "dateTime" - "dateTime" % 10000, MAX(price) FROM bid GROUP BY 1'''
Q["q12"] = '''WITH c AS (SELECT COUNT(*) AS rows, (COUNT(*) + 1023) // 1024 AS batches FROM bid),
    n AS (SELECT bidder, row_number() OVER () AS i FROM bid),
    t AS (SELECT bidder, 1436918400000 + rows * ((i * batches - 1) // rows) // batches // 10 AS t FROM n, c)
    SELECT bidder, COUNT(*), t - t % 10000, t - t % 10000 + 10000 FROM t GROUP BY 1, 3, 4'''
SQL
fi
swift build -c release --product laminar
laminar=$PWD/.build/release/laminar
run() { # query, engine, command
    python3 "$work/peers/run_peers.py" --engine "$2" --query "$1" --events "$events" ${3:+--cmd "$3"} "${@:4}"
}
field() { python3 -c 'import json,sys; print(json.loads(sys.stdin.readlines()[-1]).get(sys.argv[1], "-"))' "$1"; }
# The prototype of the tumbling aggregation, where it is at hand.
spike=
if [ -d "$peers/../spikes/operators" ] || [ -d "$work/operators" ]; then
    [ -d "$work/operators" ] || { cp -r "$peers/../spikes/operators" "$work/operators"; chmod -R u+w "$work/operators"; }
    (cd "$work/operators" && swift build -c release 2>&1 | tail -1)
    spike=$work/operators/.build/release/Bench
fi
status=0
row() { printf '%-8s %-12s %-8s %14s %8s\n' "$@"; }
row query engine input "CPU ns/event" result
for query in q0 q1 q2 q3 q4 q5 q7 q8 q9 q11 q12 q14 q15 q16 q17 q18 q19 q20 q21 q22 tumble; do
    inputs="columns ndjson csv"
    # What reads several tables, or the clock, runs over columns.
    case $query in q3 | q4 | q8 | q9 | q12 | q18 | q19 | q20) inputs=columns ;; esac
    for input in $inputs; do
        for backend in aot interpreter; do
            command="$laminar bench nexmark --query {query} --data {data} --input $input --backend $backend --reps 5 --out {out}"
            line=$(run $query cmd "$command" --verify)
            verdict=checked
            if [ "$(field ok <<< "$line")" != True ]; then
                status=1 verdict=WRONG
                echo "$line" >&2
            fi
            row $query $backend $input "$(field ns_cpu_per_event <<< "$line")" $verdict
        done
        # The peers have no loop for q9, q14 to q21, and for q22 only one over columns.
        case $query-$input in
        q0-* | q1-* | q2-* | q3-* | q4-* | q5-* | q7-* | q8-* | q11-columns | q22-columns)
            mode=limit
            [ $input = csv ] && mode=limit-csv
            [ $input = ndjson ] && mode=limit-json
            row $query C++ $input "$(run $query $mode | field ns_cpu_per_event)" -
            ;;
        tumble-columns)
            if [ -n "$spike" ]; then
                row tumble prototype columns "$("$spike" t_dense "$PEERS_DATA/$events" 5 | awk '{print $2}' | tail -1)" -
            fi
            ;;
        esac
    done
done
# Running COUNT and SUM by key, beside a loop by hand over the same rows: the same changes, by their sum.
g++ -O3 -march=native -o "$work/running" Tests/RunningCosts/running.cpp
echo
echo "keyed running COUNT and SUM: CPU ns per row that makes a key, that meets one, that is taken back; bytes per key"
for keys in 10000 10000000; do
    for batch in 1024 65536; do
        echo "C++          $("$work/running" $keys $batch)"
        for backend in aot interpreter; do
            printf '%-12s %s\n' $backend "$("$laminar" bench running --keys $keys --batch $batch --backend $backend)"
            printf '%-12s %s\n' $backend "$("$laminar" bench running --keys $keys --batch $batch --backend $backend --retract)"
        done
    done
done
echo
# Windows over rows made in memory; the program checks its results itself.
row windows keys input "CPU ns/row" "M rows/s"
windows() { # what, options
    line=$("$laminar" bench windows "${@:2}") || { status=1 line={}; }
    row "$1" "$(field keys <<< "$line")" "$(field spread <<< "$line")" "$(field ns_per_row <<< "$line")" \
        "$(field million_rows_per_s <<< "$line")"
}
for keys in 10000 10000000; do
    for spread in close wide; do windows tumbling --keys $keys --spread $spread; done
done
windows ordered --query disordered
windows 10s-off --query disordered --disorder 10
windows 50s-off --query disordered --disorder 50
windows batch-1000 --batch 1000
windows watermarks --batch 1000 --watermarks
for keys in 10000 10000000; do windows sessions --query sessions --keys $keys; done
echo
# Joins of two streams; the program checks its results itself.
for query in interval asof; do
    for backend in aot interpreter; do
        # ASOF looks through all rows of a key for each row.
        rows=1000000
        [ $query = asof ] && rows=20000
        "$laminar" bench joins --query $query --rows $rows --backend $backend || status=1
    done
done
exit $status
