#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, if they are missing.
set -euo pipefail
packages=(python3 python3-venv git make curl ca-certificates)
# The bitcode check reads what the Swift compiler writes, which needs LLVM 22's tools.
packages+=(llvm-22)
# Kernels were recorded from PostgreSQL 15; tests compare with a live one too.
packages+=(postgresql)
# Instructions of the hot loops are counted by callgrind.
packages+=(valgrind)
# The files connector reads and writes gzip and zstd; tests hold it to the commands.
packages+=(zlib1g-dev libzstd-dev gzip zstd)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
