#!/usr/bin/env bash
# Everything that can be said of the code without running it.
set -euo pipefail
cd "$(dirname "$0")/.."

status=0
step() {
	echo "lint: $*" >&2
	"$@" || status=1
}

formatted() {
	local files
	files=$(gofmt -l .)
	[ -z "$files" ] || { echo "not formatted, run gofmt -w on:"; echo "$files"; return 1; }
}

step formatted
step go vet ./...
step go mod tidy -diff
step "$(scripts/tool.sh staticcheck)" ./...
step "$(scripts/tool.sh golangci-lint)" run ./...
exit "$status"
