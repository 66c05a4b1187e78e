#!/usr/bin/env bash
# Disturbs a monitor on a real Kafka for some minutes and compares what it tells
# with what an undisturbed one does. Usage: scripts/chaos.sh [-chaos.seed=N ...]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/test-deps.sh
export FEEDGAUGE_REQUIRE_KAFKA=1

# Of what the test says, the figures; all of it where it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
go test -count=1 -v -timeout 40m ./internal/engine -run '^TestChaos$' \
	-chaos.records=600000 -chaos.kills=100 -chaos.restarts=20 -chaos.stops=20 "$@" >"$log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
	cat "$log"
else
	sed -n 's/^.*_test\.go:[0-9]*: \(chaos: \)/\1/p' "$log"
fi

go test -count=1 -v -timeout 40m ./internal/sim -run '^TestSim$' -sim.runs=10000 -sim.deaths=2000 >"$log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
	cat "$log"
else
	sed -n 's/^.*_test\.go:[0-9]*: \(simulated deaths\)/\1/p' "$log"
fi
exit "$status"
