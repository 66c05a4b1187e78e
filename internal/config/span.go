package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// span is a duration as it stands in a file, such as "1m30s". Empty means that
// it is not given.
type span string

// isSpan reports whether options of type t hold a duration.
func isSpan(t reflect.Type) bool {
	return t == reflect.TypeFor[span]() || t == reflect.TypeFor[startWord]()
}

// duration reads the option name of b, which must lie between least and most.
// It returns zero and reports if it does not, or if it is empty.
func (l *loader) duration(b *block, name string, s span, least, most time.Duration) time.Duration {
	if s == "" || b.bad[name] {
		if a := b.Body.Attributes[name]; a != nil && !b.bad[name] {
			l.invalid(b, name, "The duration is empty.", `for example "30s", "5m", "24h"`)
		}
		return 0
	}
	d, hint, err := parseSpan(string(s))
	switch {
	case err != nil:
		l.invalid(b, name, sentence(err.Error()), hint)
	case d < least:
		l.invalid(b, name, fmt.Sprintf("%s is less than the least allowed, %s.", s, brief(least)), hint)
	case d > most:
		l.invalid(b, name, fmt.Sprintf("%s is more than the most allowed, %s.", s, brief(most)), hint)
	default:
		return d
	}
	return 0
}

// invalid reports the value of an option and remembers that it is bad.
func (l *loader) invalid(b *block, name, detail, hint string) {
	b.bad[name] = true
	l.report(b.text, b.valueRange(name), l.discreet(b, name, Diagnostic{Summary: "Invalid value of " + quote(name), Detail: detail, Hint: hint}))
}

// quoted matches what a message quotes.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// discreet takes what may be a secret out of a message about an option: what it
// quotes, if the option's value comes from outside of the files.
func (l *loader) discreet(b *block, name string, d Diagnostic) Diagnostic {
	a := b.Body.Attributes[name]
	if a == nil || !l.outside(a.Expr) {
		return d
	}
	d.Detail, d.Hint = quoted.ReplaceAllLiteralString(d.Detail, "(hidden)"), quoted.ReplaceAllLiteralString(d.Hint, "(hidden)")
	return d
}

// valueRange is where the value of an option stands, else the block's header.
func (b *block) valueRange(name string) hcl.Range {
	if a := b.Body.Attributes[name]; a != nil {
		return a.Expr.Range()
	}
	return header(b.Block)
}

// parseSpan reads a duration in Go's units, whole milliseconds. The hint says
// how to write what people write instead.
func parseSpan(s string) (d time.Duration, hint string, err error) {
	d, perr := time.ParseDuration(s)
	switch {
	case perr != nil:
		return 0, spanHint(s), fmt.Errorf("%s is not a duration", quote(s))
	case d%time.Millisecond != 0:
		return 0, "", fmt.Errorf("%s is finer than a millisecond", quote(s))
	}
	return d, "", nil
}

// loose matches what people write for a duration.
var loose = regexp.MustCompile(`^\s*(-?)\s*(\d{1,6}(?:\.\d{1,3})?)\s*([A-Za-z]*)\s*$`)

func spanHint(s string) string {
	const usual = `durations are written like "30s", "5m" or "24h"; units are ms, s, m, h`
	m := loose.FindStringSubmatch(s)
	if m == nil {
		return usual
	}
	sign, number, word := m[1], m[2], strings.ToLower(m[3])
	unit, times := unitOf(word)
	switch {
	case unit == "" && word == "":
		return fmt.Sprintf("give a unit: write %q for seconds", sign+number+"s")
	case unit == "":
		return usual
	case times != 1:
		n, _ := strconv.ParseFloat(number, 64) // the pattern allows numbers only
		number = strconv.FormatFloat(n*times, 'f', -1, 64)
	}
	return fmt.Sprintf("write %q", sign+number+unit)
}

// unitOf turns a word for a unit into ours and how many of it one makes.
func unitOf(word string) (unit string, times float64) {
	switch word {
	case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds":
		return "ms", 1
	case "s", "sec", "secs", "second", "seconds":
		return "s", 1
	case "m", "min", "mins", "minute", "minutes":
		return "m", 1
	case "h", "hr", "hrs", "hour", "hours":
		return "h", 1
	case "d", "day", "days":
		return "h", 24
	case "w", "week", "weeks":
		return "h", 24 * 7
	}
	return "", 0
}

// brief writes a duration as people would: 5m, not 5m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
