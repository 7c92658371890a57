#!/bin/bash
# Records what PostgreSQL 15 makes of the expressions in kernels.cases: one line per call in kernels.recorded,
# `kernel|argument|…|result`, where the result is the text form, NULL, or `!` and the SQLSTATE.
#
# Starts a throw-away server (needs Debian's postgresql package; run as root or as a user who may run initdb).
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A case is `= kernel = SQL with $1 …`, followed by lines of arguments: `a|b`, each a list `a;b;c` whose product is taken.
awk -F '|' '
function quote(text) { gsub(/\047/, "\047\047", text); return "\047" text "\047" }
function replaceAll(text, from, to,    at, done) {
    done = ""
    while ((at = index(text, from)) > 0) {
        done = done substr(text, 1, at - 1) to
        text = substr(text, at + length(from))
    }
    return done text
}
function expand(column, line, call,    values, n, i) {
    if (column > NF) {
        print "SELECT " quote(kernel "|" line) " || pg_temp.outcome(" quote(call) ");"
        return
    }
    n = split($column, values, ";")
    if (n == 0) { n = 1; values[1] = "" }
    for (i = 1; i <= n; i++)
        expand(column + 1, line values[i] "|", replaceAll(call, "$" column, quote(values[i])))
}
/^#/ { next }
/^= / { split($0, parts, " = "); kernel = substr(parts[1], 3); sql = substr($0, length(parts[1]) + 4); next }
/^$/ { next }
{ expand(1, "", sql) }
' kernels.cases > "$work/calls.sql"
{
    cat <<'SQL'
SET client_min_messages = error;
CREATE FUNCTION pg_temp.outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
    EXECUTE 'SELECT (' || call || ')::text' INTO result;
    RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
    RETURN '!' || SQLSTATE;
END $$;
SQL
    cat "$work/calls.sql"
} | ./with-postgresql.sh psql -AtqX -v ON_ERROR_STOP=1 > kernels.recorded
echo "$(wc -l < kernels.recorded) results recorded"
