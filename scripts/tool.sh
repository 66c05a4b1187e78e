#!/usr/bin/env bash
# Prints the path of a development tool at its pinned version, building it on
# first use into the user's cache, so that clones share it.
# Usage: scripts/tool.sh staticcheck|golangci-lint|govulncheck
set -euo pipefail

case "${1:-}" in
staticcheck)   package=honnef.co/go/tools/cmd/staticcheck                        version=v0.8.2 ;;
golangci-lint) package=github.com/golangci/golangci-lint/v2/cmd/golangci-lint    version=v2.15.0 ;;
govulncheck)   package=golang.org/x/vuln/cmd/govulncheck                         version=v1.9.0 ;;
*) echo "usage: $0 staticcheck|golangci-lint|govulncheck" >&2; exit 2 ;;
esac

# The Go version is part of the path: a tool built by an older Go refuses to
# analyse newer code.
dir=${XDG_CACHE_HOME:-$HOME/.cache}/feedgauge/tools/$1-$version-$(go env GOVERSION)
if [ ! -x "$dir/$1" ]; then
	echo "building $1 $version once, into $dir" >&2
	GOBIN=$dir GOFLAGS= go install "$package@$version" >&2
fi
echo "$dir/$1"
