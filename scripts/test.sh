#!/usr/bin/env bash
# Runs every test: pure ones, those on the embedded broker, those on a real
# Kafka. What could not be run is said at the end, one line each.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-deps.sh

skipped=$(mktemp)
figures=$(mktemp)
trap 'rm -f "$skipped" "$figures"' EXIT
export FEEDGAUGE_FIGURES=$figures

race=-race
if [ "$(go env CGO_ENABLED)" != 1 ] || ! echo 'int main(void) { return 0; }' | gcc -xc -o /dev/null - 2>/dev/null; then
	race=
	echo "skipped: the race detector needs gcc and cgo; get it with: apt-get install gcc libc6-dev" >>"$skipped"
fi

# Tests on a real Kafka that cannot run add a line to this file. It is named only
# where that may happen, since tests that read a new name are never cached.
if command -v java >/dev/null && command -v mvn >/dev/null; then
	# Where everything could be installed, nothing has an excuse.
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		export FEEDGAUGE_REQUIRE_KAFKA=1
	fi
else
	export FEEDGAUGE_SKIPPED=$skipped
fi

status=0
go vet ./... || status=$?
# The formats are fuzzed for a minute in all, beside the tests.
fuzzed=$(mktemp)
nice scripts/fuzz.sh parsers "${FEEDGAUGE_FUZZ_SECONDS:-60}" >"$fuzzed" 2>&1 &
fuzzing=$!
# Those of the commands wait most of the time, for brokers and each other, so they
# run beside the rest. Processors have no goroutines (scripts/check-imports.sh), so
# the race detector would only make them slow.
commands=$(mktemp)
# shellcheck disable=SC2086 # $race is one flag or none
go test $race -timeout 9m -parallel 8 ./cmd/... >"$commands" 2>&1 &
commanding=$!
mapfile -t rest < <(go list ./... | grep -v -e '/cmd$' -e '/cmd/' -e '/processors/')
# shellcheck disable=SC2086
go test $race -timeout 9m "${rest[@]}" || status=$?
go test -timeout 9m ./processors/... || status=$?
wait "$commanding" || status=$?
cat "$commands"
rm -f "$commands"
wait "$fuzzing" || status=$?
cat "$fuzzed"
rm -f "$fuzzed"

cat "$figures"
sort -u "$skipped"
exit "$status"
