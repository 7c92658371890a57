#!/bin/bash
# Takes the build plugin as a user does: a package outside the repository, by path and by version; built, run, edited
# twice within a second, broken. Prints the times of a cold build and of an edit. Usage: run.sh [path|version]...
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
modes=("$@")
[ ${#modes[@]} -gt 0 ] || modes=(path version)

fail() {
    echo "plugin test failed: $*" >&2
    exit 1
}

seconds_since() { awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }'; }

# Writes the package; $1 is its dependency on Laminar.
write_package() {
    mkdir -p "$work/user/Sources/user/queries"
    cat > "$work/user/Package.swift" <<PACKAGE
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "user",
    dependencies: [$1],
    targets: [
        .executableTarget(
            name: "user",
            dependencies: [.product(name: "LaminarRuntime", package: "laminar")],
            plugins: [.plugin(name: "LaminarPlugin", package: "laminar")])
    ]
)
PACKAGE
    cat > "$work/user/Sources/user/main.swift" <<'MAIN'
let orders = OrdersPipeline()
orders.onPriced = { print("priced", $0.id, $0.total ?? -1) }
try orders.push([.init(id: 1, amount: 20), .init(id: 2, amount: nil), .init(id: 3, amount: 5)])
try orders.finish()

// Two files may name their sources alike.
let alarms = AlarmsPipeline()
alarms.onAlarms = { print("alarm", $0.id) }
try alarms.push(AlarmsPipeline.Order(id: 7, amount: 1_000))
try alarms.finish()
MAIN
    cat >> "$work/user/Sources/user/main.swift" <<'MAIN'

// One scalar function and one aggregate of this module.
let sizes = SizesPipeline()
sizes.onSizes = { if $0.weight > 0 { print("sizes", $0.row.kind ?? "-", $0.row.spread ?? -1) } }
try sizes.push([.init(amount: 5), .init(amount: 400), .init(amount: 150)])
try sizes.finish()
MAIN
    cat > "$work/user/Sources/user/Functions.swift" <<'SWIFT'
import LaminarRuntime

func sizeClass(_ amount: Int64) -> String { amount < 100 ? "small" : "large" }

/// The largest less the smallest.
struct Spread: AggregateFunction {
    private var least = Int64.max
    private var most = Int64.min

    init() {}
    init(decoding bytes: UnsafeRawBufferPointer) {
        least = bytes.loadUnaligned(fromByteOffset: 0, as: Int64.self)
        most = bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)
    }
    func encode(into bytes: inout [UInt8]) {
        for number in [least, most] { withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) } }
    }
    mutating func add(_ value: Int64) { (least, most) = (min(least, value), max(most, value)) }
    mutating func merge(_ other: Spread) { (least, most) = (min(least, other.least), max(most, other.most)) }
    func result() -> Int64? { most >= least ? most - least : nil }
}
SWIFT
    cat >> "$work/user/Sources/user/main.swift" <<'MAIN'

// State goes on from where an older version of the query left it.
let sales = SalesPipeline()
sales.onSales = { if $0.weight > 0 { print("sales", $0.row.shop ?? "-", $0.row.amount ?? -1) } }
if let path = CommandLine.arguments.dropFirst().first {
    let file = URL(fileURLWithPath: path)
    if let snapshot = try? Data(contentsOf: file) { try sales.restore([UInt8](snapshot)) }
    try sales.push(.init(shop: "a", amount: 7))
    try Data(sales.snapshot()).write(to: file)
}
MAIN
    sed -i '1i import Foundation\n' "$work/user/Sources/user/main.swift"
    write_functions BIGINT
    write_sql 2
    write_sales INTEGER 'shop, SUM(amount) AS amount' shop
    cat > "$work/user/Sources/user/queries/alarms.sql" <<'SQL'
CREATE SOURCE orders (id BIGINT NOT NULL, amount BIGINT NOT NULL);
CREATE STREAM alarms AS SELECT id FROM orders WHERE amount > 100;
SQL
}

write_sql() {
    cat > "$work/user/Sources/user/orders.sql" <<SQL
CREATE SOURCE orders (id BIGINT NOT NULL, amount BIGINT);
CREATE STREAM priced AS SELECT id, amount * $1 AS total FROM orders WHERE amount IS NULL OR amount > 10;
SQL
}

# $1 is the type that the SQL declares for the function's argument.
write_functions() {
    cat > "$work/user/Sources/user/sizes.sql" <<SQL
SET 'state.ttl' = '0'; CREATE SOURCE orders (amount BIGINT NOT NULL);
CREATE FUNCTION size_class(amount $1) RETURNS TEXT LANGUAGE SWIFT STRICT AS 'sizeClass';
CREATE AGGREGATE spread(amount BIGINT) RETURNS BIGINT LANGUAGE SWIFT AS 'Spread';
CREATE STREAM sizes AS SELECT size_class(amount) AS kind, spread(amount) AS spread FROM orders GROUP BY size_class(amount);
SQL
}

# A query with state: the type of what it adds up, what it selects, and its key.
write_sales() {
    cat > "$work/user/Sources/user/sales.sql" <<SQL
SET 'state.ttl' = '0'; CREATE SOURCE lines (shop TEXT, amount $1);
CREATE STREAM sales AS
SELECT $2 FROM lines GROUP BY $3;
SQL
}

build() { (cd "$work/user" && swift build "${@}" > "$work/build.log" 2>&1); }

expect_output() {
    local output
    output=$("$work/user/.build/debug/user")
    [ "$output" = "$1" ] || fail "expected output
$1
but got
$output"
}

expected() { printf 'priced 1 %d\npriced 2 -1\nalarm 7\nsizes small 0\nsizes large 250' $((20 * $1)); }

check_package() {
    local start
    start=$(date +%s.%N)
    build || { cat "$work/build.log"; fail "the package does not build ($1)"; }
    echo "$1: cold build $(seconds_since "$start") s"
    grep -q "warning:" "$work/build.log" && { grep "warning:" "$work/build.log"; fail "the build warns ($1)"; }
    expect_output "$(expected 2)"

    # Each edit must be seen, however soon after the last one it comes.
    for factor in 3 4 5; do
        start=$(date +%s.%N)
        write_sql "$factor"
        build || { cat "$work/build.log"; fail "the edited package does not build ($1)"; }
        echo "$1: edit $(seconds_since "$start") s"
        expect_output "$(expected "$factor")"
    done

    # A mistake is an error at its place in the .sql, and fails the build.
    sed -i 's/amount > 10/amuont > 10/' "$work/user/Sources/user/orders.sql"
    if build; then fail "a wrong column name builds ($1)"; fi
    grep -q 'orders\.sql:2:[0-9]*: error: ' "$work/build.log" || { cat "$work/build.log"; fail "no error at its line ($1)"; }
    grep -h -m 1 'orders\.sql:2:[0-9]*: error: ' "$work/build.log"
    write_sql 2

    # So is a function in Swift that does not take what the SQL declares.
    write_functions 'DOUBLE PRECISION'
    if build; then fail "a function with another signature builds ($1)"; fi
    grep -q 'sizes\.sql:[0-9]*:[0-9]*: error: ' "$work/build.log" || { cat "$work/build.log"; fail "no error in the .sql ($1)"; }
    grep -h -m 1 'sizes\.sql:[0-9]*:[0-9]*: error: ' "$work/build.log"
    write_functions BIGINT
    build || { cat "$work/build.log"; fail "the mended package does not build ($1)"; }
    expect_output "$(expected 2)"
    check_lock "$1"
}

# The program that restores what the last version of it left behind.
resume() { "$work/user/.build/debug/user" "$work/state" | grep '^sales'; }

# Under a committed laminar.lock a change that loses state fails the build; one that does not is converted.
check_lock() {
    local tool="$work/user/.build/debug/laminar-compile"
    [ -x "$tool" ] || tool="$work/user/.build/debug/laminar-compile-tool"
    rm -f "$work/state" "$work/user/laminar.lock"
    [ "$(resume)" = 'sales a 7' ] || fail "the first run ($1)"
    (cd "$work/user" && "$tool" lock --lock laminar.lock Sources/user/sales.sql) || fail "no lock ($1)"

    write_sales INTEGER 'shop, SUM(amount) AS amount' 'shop, amount % 10'
    if build; then fail "a query builds that cannot read its state ($1)"; fi
    grep -h -m 1 'sales\.sql:3:1: error: checkpoints of query "sales" could not be read any more: the key amount % 10 is new' \
        "$work/build.log" || { cat "$work/build.log"; fail "no error names the query and the change ($1)"; }

    write_sales BIGINT 'SUM(amount) AS amount, shop' shop
    build || { cat "$work/build.log"; fail "a compatible change does not build ($1)"; }
    grep -h -m 1 'sales\.sql:3:1: warning: the state differs from laminar.lock' "$work/build.log" \
        || { cat "$work/build.log"; fail "no word of the changed state ($1)"; }
    [ "$(resume)" = 'sales a 14' ] || fail "the state was not converted ($1)"

    (cd "$work/user" && rm laminar.lock && "$tool" lock --lock laminar.lock Sources/user/sales.sql)
    build || { cat "$work/build.log"; fail "the recorded change does not build ($1)"; }
    if grep -q 'laminar.lock' "$work/build.log"; then fail "a recorded change warns ($1)"; fi
    [ "$(resume)" = 'sales a 21' ] || fail "the converted state was not kept ($1)"
    rm "$work/user/laminar.lock"
}

for mode in "${modes[@]}"; do
    rm -rf "$work/user"
    case $mode in
    path)
        write_package ".package(name: \"laminar\", path: \"$repository\")"
        ;;
    version)
        rm -rf "$work/laminar"
        git clone -q "$repository" "$work/laminar"
        git -C "$work/laminar" tag 9.9.9
        write_package ".package(url: \"$work/laminar\", from: \"9.9.9\")"
        ;;
    *) fail "there is no mode $mode" ;;
    esac
    check_package "$mode"
done

# Two generations within one second differ in the whole seconds of their modification times.
tool="$work/user/.build/debug/laminar-compile"
[ -x "$tool" ] || tool="$work/user/.build/debug/laminar-compile-tool"
[ -x "$tool" ] || fail "the build left no laminar-compile"
for factor in 6 7 8; do
    write_sql "$factor"
    "$tool" emit "$work/user/Sources/user/orders.sql" -o "$work/orders.swift"
    now=$(stat -c %Y "$work/orders.swift")
    [ "$now" != "${before:-}" ] || fail "two generations have one modification time"
    before=$now
done

echo "plugin tests passed"
