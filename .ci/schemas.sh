#!/usr/bin/env bash
# Installs what `make schemas` needs beside the tests: the gems of Debian that Redmine's migrations run on. Redmine itself
# and Request Tracker are not installed; the tests unpack their packages into a folder of their own.
set -euo pipefail

if ! command -v apt-get >/dev/null 2>&1; then
    echo "schemas: this is not a Debian; the schemas come from its packages" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() { # what apt says matters only when it fails
    if ! "$@" >"$log" 2>&1; then
        tail -20 "$log" >&2
        exit 1
    fi
}

if ! apt-cache show redmine request-tracker5 >/dev/null 2>&1; then
    quietly "${as_root[@]}" apt-get update -q
fi
mapfile -t gems < <(apt-cache depends redmine | sed -n 's/^ *Depends: \(ruby-.*\)/\1/p')
gems+=(ruby-pg)
missing=()
for gem in "${gems[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$gem" 2>/dev/null | grep -qx installed || missing+=("$gem")
done
if [ ${#missing[@]} -gt 0 ]; then
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"
    echo "schemas: installed ${#missing[@]} packages of Ruby"
fi
