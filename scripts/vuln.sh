#!/usr/bin/env bash
# Looks for known vulnerabilities in the code that ours can reach. A database
# that cannot be fetched says nothing about the code, so it is no failure.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(scripts/tool.sh govulncheck)
status=0
output=$("$tool" ./... 2>&1) || status=$?
echo "$output"
if [ "$status" = 1 ] && grep -qE 'fetching vulnerabilities|vuln\.go\.dev' <<<"$output"; then
	echo "vuln: the vulnerability database cannot be reached, nothing was checked"
	exit 0
fi
exit "$status"
