#!/usr/bin/env bash
# Installs what the tests need beside Go, where it is missing: a PostgreSQL server (without the cluster that Debian would
# start on port 5432), a Redis server (not started), Chromium, Python and Poppler. Does nothing where all is there.
set -euo pipefail

have() { command -v "$1" >/dev/null 2>&1; }
has_postgres() { have postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
has_chromium() { have chromium || have chromium-browser || have google-chrome; }

missing=()
has_postgres || missing+=(postgresql)
have redis-server || missing+=(redis-server)
has_chromium || missing+=(chromium)
have python3 || missing+=(python3)
have pdftotext || missing+=(poppler-utils)
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

echo "deps: missing: ${missing[*]}"
if ! have apt-get; then
    echo "deps: this is not a Debian; install ${missing[*]} yourself" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! have sudo || ! sudo -n true 2>/dev/null; then
        echo "deps: run as root: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
        echo "deps: tests that need what is missing are skipped until then" >&2
        exit 0
    fi
    as_root=(sudo -n)
fi

log=$(mktemp)
quietly() { # what apt says matters only when it fails
    if ! "$@" >"$log" 2>&1; then
        tail -20 "$log" >&2
        exit 1
    fi
}
install() { quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "$@"; }

quietly "${as_root[@]}" apt-get update -q
# No service is started by an installation here: the tests start their own, on sockets and ports of their own.
policy=/usr/sbin/policy-rc.d
ours=no
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    ours=yes
fi
trap 'rm -f "$log"; [ "$ours" = no ] || "${as_root[@]}" rm -f "$policy"' EXIT
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    install postgresql-common
    "${as_root[@]}" sed -ri 's/^#?(create_main_cluster) .*$/\1 = false/' /etc/postgresql-common/createcluster.conf
fi
install "${missing[@]}"
echo "deps: installed ${missing[*]}"
