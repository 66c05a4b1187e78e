#!/usr/bin/env bash
# Sees to it that the tests find what they need beside Go: Java 17 and Maven for
# the tests on a real Kafka, a C compiler for the race detector.
#
# As root on Debian, what is missing is installed. Elsewhere one line per missing
# thing says what will be skipped and how to get it; with CI=true that is an
# error, since there a skipped test is a failed one.
set -euo pipefail

has_java() {
	local major
	major=$(java -version 2>&1 | sed -nE '1s/.*version "([0-9]+).*/\1/p') && [ "${major:-0}" -ge 17 ]
}
has_maven() { command -v mvn >/dev/null; }
has_gcc() { echo '#include <stdlib.h>' | gcc -E - >/dev/null 2>&1; }

missing() {
	has_java  || echo "default-jdk-headless|Java 17|the tests on a real Kafka are skipped"
	has_maven || echo "maven|Maven|the tests on a real Kafka are skipped"
	has_gcc   || echo "gcc libc6-dev|a C compiler|the race detector is off"
}

# Debian's default Java is older than 17 before bookworm.
java_package() {
	local candidate
	for candidate in default-jdk-headless openjdk-21-jre-headless openjdk-17-jre-headless; do
		if apt-cache depends "$candidate" 2>/dev/null | grep -qE 'openjdk-(1[7-9]|[2-9][0-9])'; then
			echo "$candidate"
			return
		fi
	done
	echo openjdk-17-jre-headless
}

install() {
	local packages=()
	apt-get update -qq
	has_java  || packages+=("$(java_package)")
	has_maven || packages+=(maven)
	has_gcc   || packages+=(gcc libc6-dev)
	echo "installing ${packages[*]}"
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

if [ -n "$(missing)" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	install || echo "the installation failed" >&2
fi

missing | while IFS='|' read -r packages what effect; do
	echo "missing $what: $effect; get it with: apt-get install $packages" >&2
done
if [ "${CI:-}" = true ] && [ -n "$(missing)" ]; then
	exit 1
fi

go mod download
