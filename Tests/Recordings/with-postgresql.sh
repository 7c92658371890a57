#!/bin/bash
# Runs a command beside a throw-away PostgreSQL 15, which it finds through PGHOST, PGUSER and PGDATABASE.
# usage: with-postgresql.sh COMMAND ARGUMENT...
#
# Needs Debian's postgresql package; run as root or as a user who may run initdb.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/15/bin)
work=$(mktemp -d)
run() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$work"
    run() { su postgres -c "$(printf '%q ' "$@")"; }
fi
trap 'run "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
run "$bin/initdb" -D "$work/data" -E UTF8 --locale=C.UTF-8 -A trust >/dev/null
run "$bin/pg_ctl" -D "$work/data" -w -l "$work/log" -o "-c listen_addresses='' -k $work -c timezone=UTC -c fsync=off" \
    start >/dev/null
PGHOST=$work PGUSER=postgres PGDATABASE=postgres "$@"
