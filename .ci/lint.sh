#!/usr/bin/env bash
# golangci-lint at a pinned version, built into ./bin; where it cannot be had, go vet and gofmt.
set -euo pipefail
version=v2.15.0
bin=$PWD/bin/golangci-lint

if ! "$bin" version 2>/dev/null | grep -q "${version#v}"; then
    echo "lint: building golangci-lint $version (once)"
    GOBIN=$PWD/bin go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version" || true
fi
if [ -x "$bin" ]; then
    "$bin" run ./...
else
    echo "lint: golangci-lint cannot be had here; go vet and gofmt instead"
    go vet ./...
    unformatted=$(gofmt -l adminweb cmd internal jobs scheduler worker)
    if [ -n "$unformatted" ]; then
        echo "lint: not formatted:" "$unformatted" >&2
        exit 1
    fi
fi
echo "lint: nothing to complain about"
