#!/usr/bin/env bash
# Compiles the hot loop to bitcode with the query left as holes and lets LLVM 22 verify it.
# Fails if the loop calls anything but its holes and the insertion of a new group.
# usage: Tests/Bitcode/check.sh MODULES_FOLDER     e.g. .build/debug/Modules
set -euo pipefail
modules=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
swiftc -O -wmo -parse-as-library -module-name Template -swift-version 6 -I "$modules" \
    -emit-bc "$here/Template.swift" -o "$work/template.bc"
opt-22 -passes=verify "$work/template.bc" -disable-output
llvm-extract-22 --func=update_groups_template "$work/template.bc" -S -o "$work/loop.ll"
calls=$(grep -oE '(call|invoke) [^@]*@"?[^"( ]+' "$work/loop.ll" | sed -E 's/.*@"?//' | sort -u)
echo "bitcode of the hot loop: $(stat -c %s "$work/template.bc") bytes, calls:"
echo "$calls" | sed 's/^/  /'
unexpected=$(echo "$calls" | grep -vE '^(hole_passes|hole_key|hole_fold|\$s14LaminarRuntime11insertGroup.*)$' || true)
if [ -n "$unexpected" ]; then
    echo "the loop must not call: $unexpected" >&2
    exit 1
fi
for hole in hole_passes hole_key hole_fold; do
    echo "$calls" | grep -qx "$hole" || { echo "the loop lost its $hole" >&2; exit 1; }
done
echo "verified by $(opt-22 --version | sed -n 's/.*\(LLVM version [0-9.]*\).*/\1/p' | head -1)"
