#!/usr/bin/env bash
# Scores `insyn mentions` on the labelled texts, and fails where a figure is under its gate.
set -euo pipefail
cd "$(dirname "$0")/../internal/mention/testdata"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/insyn" ../../../cmd/insyn
score() { # file, thresholds
    "$dir/insyn" mentions <"$1" >"$dir/found.jsonl"
    echo "$1:"
    python3 score.py "$1" "$dir/found.jsonl" --by none --show 20 "${@:2}"
}
gate=(--min-span-recall 0.985 --min-char-recall 0.99 --min-char-precision 0.99)
score dev.jsonl "${gate[@]}" --max-others 2 --max-things 4
score names.jsonl "${gate[@]}" --max-others 2 --max-things 6
score identifiers.jsonl "${gate[@]}" --max-others 2 --max-things 4
score everyday.jsonl "${gate[@]}" --max-others 2 --max-things 4
score more.jsonl "${gate[@]}" --max-others 2 --max-things 4
score rounds.jsonl "${gate[@]}" --max-others 4 --max-things 4
