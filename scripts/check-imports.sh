#!/usr/bin/env bash
# Holds the arrows of DESIGN.md, "Layout": imports point one way, and processors
# are pure. Tests may import what they like.
set -euo pipefail
cd "$(dirname "$0")/.."

module=$(go list -m)
imports=$(go list -f '{{range .Imports}}{{$.ImportPath}} {{.}}{{"\n"}}{{end}}' ./... | sed '/^$/d')
bad=0

# only PACKAGES IMPORTS: of everything outside the standard library, PACKAGES may
# import IMPORTS alone. Both are expressions that match whole paths; "@" is the
# module.
only() {
	report "may not import" "$(awk -v p="^(${1//@/$module})$" -v ok="^(${2//@/$module})$" \
		'$1 ~ p && $2 ~ /^[^\/]*\./ && $2 !~ ok' <<<"$imports")"
}

# never PACKAGES IMPORTS: PACKAGES may not import any of IMPORTS.
never() {
	report "may not import" "$(awk -v p="^(${1//@/$module})$" -v no="^(${2//@/$module})$" \
		'$1 ~ p && $2 ~ no' <<<"$imports")"
}

# report WHAT LINES prints lines of two words with what between them.
report() {
	[ -z "$2" ] && return
	awk -v what="$1" '{ print $1, what, $2 }' <<<"$2"
	bad=1
}

# grep_pure WHAT EXPRESSION: no source file of a processor matches it.
grep_pure() {
	local hits
	hits=$(grep -rnE --include='*.go' --exclude='*_test.go' "$2" processors || true)
	[ -z "$hits" ] && return
	echo "processors are pure, but these lines $1:"
	echo "$hits"
	bad=1
}

# suggest compares words and nothing else, so what guesses a name in the
# configuration may guess it in a processor's options.
helpers='@/internal/suggest|@/internal/pattern|@/processors/internal/.*'
cel='cel\.dev/.*|google\.golang\.org/protobuf/.*'
json='github\.com/santhosh-tekuri/jsonschema/v6|github\.com/valyala/fastjson(/.*)?|github\.com/go-json-experiment/.*'

# The vocabulary stands on nothing.
only '@' '-'

# A processor knows the vocabulary and, some of them, one library. Not each other.
only '@/processors/(rules|rules/.*)'   "@|$helpers|$cel"
only '@/processors/(format|format/.*)' "@|$helpers|$cel|$json|@/processors/format/.*"
only '@/processors/(profile|profile/.*)' "@|$helpers"
only '@/processors/(measure|measure/.*)' "@|$helpers|$cel|@/processors/format/condition|github\.com/(axiomhq/hyperloglog|cespare/xxhash/v2)"
only '@/processors/clocks' "@|$helpers"
only '@/processors/delivery' "@|$helpers|github\.com/cespare/xxhash/v2"
only '@/processors/(naming|naming/.*)' "@|$helpers|$json"
only '@/processors/internal/.*'        "@|$helpers|$json"
only '@/internal/pattern'              '-'
only '@/internal/suggest'              'github\.com/agext/levenshtein'
only '@/processors/(count|status|count/.*|status/.*)' "@|$helpers"
only '@/processors/(forecast|forecast/.*)' "@|$helpers|@/processors/forecast/.*"
# Facts and grammars that nobody should write twice: the holidays of countries,
# iCalendar files and their rules of repetition, lines of cron. All are called
# with data and a date only.
only '@/processors/calendar(/.*)?' "@|$helpers|github\.com/(rickar/cal/v2(/.*)?|arran4/golang-ical|teambition/rrule-go)"
only '@/processors/schedule(/.*)?' "@|$helpers|github\.com/robfig/cron/v3"
never '@/processors/.*' 'os|os/.*|net|net/.*|log|log/.*|syscall|plugin|math/rand|math/rand/.*|crypto/rand|context|unsafe'
grep_pure "read a clock or wait" '\btime\.(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)\b'
grep_pure "start a goroutine" '^[[:space:]]*go[[:space:]]+(func\b|[a-zA-Z_.]+\()'

# Plugins at the ends know the vocabulary, our Kafka clients, and each other's
# encoders, but neither the engine nor the configuration language.
never '@/(sources|sinks)/.*' '@/cmd.*|@/processors/.*|@/internal/(backtest|config|engine|intake|watch|deliver|pipeline|web|bench)(/.*)?|github\.com/hashicorp/hcl/.*'
never '@/sources/.*' '@/sinks/.*'
never '@/sinks/.*' '@/sources/.*'

# The built pipeline is what the engine runs; only the configuration speaks HCL.
only '@/internal/pipeline' '@|@/processors/.*'
never '@/internal/(backtest|engine|intake|watch|deliver|journal|kafka|web|kafkatest)(/.*)?' '@/cmd.*|@/internal/config(/.*)?|github\.com/hashicorp/hcl/.*'
# What is drawn, and how far a forecast sees, is a matter of counts: no Kafka there.
never '@/internal/(backtest|chart|report|tune)' '@/internal/(kafka|tail|history)(/.*)?|github\.com/twmb/.*'
never '@/internal/kafka' '@/(internal/(engine|intake|watch|deliver|journal)|processors|sources|sinks)(/.*)?'
never '@/internal/config(/.*)?' '@/cmd.*|@/internal/(engine|intake|watch|deliver|kafka|web)(/.*)?|github\.com/twmb/.*'

# Terminals and nothing of ours.
only '@/internal/screen' 'github\.com/(mattn/go-isatty|rivo/uniseg)|golang\.org/x/term'

# A socket and nothing else.
only '@/internal/control' '-'

# The contracts that plugins are tested against are for guests too, so they speak
# the vocabulary alone.
contracts='@/(processors/processortest|sinks/sinktest|sources/sourcetest)'
only "$contracts" '@|pgregory\.net/rapid'

# Helpers of tests stay in tests, and in those contracts.
imports=$(grep -vE "^${contracts//@/$module} " <<<"$imports")
never '@|@/(cmd|processors|sources|sinks)(/.*)?|@/internal/(config|engine|intake|watch|deliver|journal|kafka|pipeline|web)(/.*)?' '@/internal/kafkatest|testing'

exit "$bad"
