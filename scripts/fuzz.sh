#!/usr/bin/env bash
# Fuzzes for ten minutes in all: each format by itself, and each other target.
# Usage: scripts/fuzz.sh [seconds in all]; with "parsers" before them, one run that
# the formats share, by the first byte of the input.
set -euo pipefail
cd "$(dirname "$0")/.."

# The formats' target notes the longest run of each parser here; see stopwatch_test.go.
FEEDGAUGE_FUZZ_TIMES=$(mktemp -d)
export FEEDGAUGE_FUZZ_TIMES
trap 'rm -rf "$FEEDGAUGE_FUZZ_TIMES"' EXIT

# longest tells the longest run of each parser that was timed: of all its inputs that
# were grown to 64 KiB the one that took most.
longest() {
	local file
	echo "fuzz: longest run of each parser:"
	for file in "$FEEDGAUGE_FUZZ_TIMES"/*.*; do
		[ -e "$file" ] || continue
		sed "s/^/$(basename "${file%.*}") /" "$file"
	done | sort -k1,1 -k2,2nr | awk '$1 != last { last = $1; printf "fuzz:   %-20s %8.2f ms for %6d bytes:", $1, $2 / 1000, $3; $1 = $2 = $3 = ""; print }'
}

# run PACKAGE TARGET SECONDS WHAT fuzzes and tells in a line how long and how much.
run() {
	local out
	if ! out=$(go test -run '^$' -fuzz "^$2\$" -fuzztime "$3s" "$1" 2>&1); then
		echo "$out"
		echo "fuzz: $4: failed"
		return 1
	fi
	printf 'fuzz: %-52s %3d s, %s\n' "$4" "$3" "$(grep -o 'execs: [0-9]*' <<<"$out" | tail -1)"
}

if [ "${1:-}" = parsers ]; then
	run ./processors/format FuzzParsers "${2:-60}" "all formats"
	longest
	exit
fi

formats=$(go run ./cmd/feedgauge check --help | awk '/formats are:/ { getline; getline; gsub(",", ""); print; exit }')
targets=$(for package in $(go list ./...); do
	go test -list '^Fuzz' "$package" | awk -v p="$package" '/^Fuzz/ && $1 != "FuzzParsers" { print p, $1 }'
done)
each=$((${1:-600} / ($(wc -w <<<"$formats") + $(wc -l <<<"$targets"))))
[ "$each" -gt 0 ] || each=1
status=0
for format in $formats; do
	FEEDGAUGE_FUZZ_FORMAT=$format run ./processors/format FuzzParsers "$each" "format $format" || status=1
done
while read -r package target; do
	run "$package" "$target" "$each" "${package#*/feedgauge/} $target" || status=1
done <<<"$targets"
longest
exit "$status"
