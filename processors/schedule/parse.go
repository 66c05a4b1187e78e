package schedule

import (
	"fmt"
	"strings"

	robfig "github.com/robfig/cron/v3"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// field is one of the five fields of a line.
type field struct {
	name, values string
	parser       robfig.ParseOption
	words        []string
	bits         func(*robfig.SpecSchedule) uint64
	of           func(*cron) *uint64
}

var (
	months   = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

var fields = [5]field{
	{"minute", "0 to 59", robfig.Minute, nil,
		func(s *robfig.SpecSchedule) uint64 { return s.Minute }, func(c *cron) *uint64 { return &c.minute }},
	{"hour", "0 to 23", robfig.Hour, nil,
		func(s *robfig.SpecSchedule) uint64 { return s.Hour }, func(c *cron) *uint64 { return &c.hour }},
	{"day of month", "1 to 31", robfig.Dom, nil,
		func(s *robfig.SpecSchedule) uint64 { return s.Dom }, func(c *cron) *uint64 { return &c.dom }},
	{"month", "1 to 12 or jan to dec", robfig.Month, months,
		func(s *robfig.SpecSchedule) uint64 { return s.Month }, func(c *cron) *uint64 { return &c.month }},
	{"day of week", "0 (Sunday) to 6 or sun to sat", robfig.Dow, weekdays,
		func(s *robfig.SpecSchedule) uint64 { return s.Dow }, func(c *cron) *uint64 { return &c.dow }},
}

// shorthands are the words that stand for five fields.
var shorthands = []struct{ word, line string }{
	{"@hourly", "0 * * * *"},
	{"@daily", "0 0 * * *"},
	{"@midnight", "0 0 * * *"},
	{"@weekly", "0 0 * * 0"},
	{"@monthly", "0 0 1 * *"},
	{"@yearly", "0 0 1 1 *"},
	{"@annually", "0 0 1 1 *"},
}

const example = `for example "30 2 * * mon-fri"`

// parse reads a line of cron. The library's parser reads each element of a field
// alone, so that a mistake has its place.
func parse(expr string) (*cron, error) {
	words, at := split(expr)
	if len(words) > 0 && words[0][0] == '@' {
		line, err := shorthand(expr, words, at)
		if err != nil {
			return nil, err
		}
		words, at = split(line)
	}
	if err := count(expr, words, at); err != nil {
		return nil, err
	}
	var c cron
	for i := range fields {
		if err := fields[i].parse(&c, words[i], at[i]); err != nil {
			return nil, err
		}
	}
	if !c.ever() {
		return nil, mistake(at[2], "", "no month it names has a day %s, so it would never be due", words[2])
	}
	return &c, nil
}

// split cuts a line at its blanks and tells where each word begins.
func split(line string) (words []string, at []int) {
	for i := 0; i < len(line); {
		end := i
		for end < len(line) && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		if end > i {
			words, at = append(words, line[i:end]), append(at, i)
		}
		i = end + 1
	}
	return words, at
}

func shorthand(expr string, words []string, at []int) (line string, err error) {
	if words[0] == "@every" {
		return "", mistake(at[0], "give the interval alone, without @every", "%q is no line of cron", expr)
	}
	var known []string
	for _, s := range shorthands {
		if strings.EqualFold(words[0], s.word) {
			if len(words) > 1 {
				return "", mistake(at[1], "", "%q is too much after %s", words[1], s.word)
			}
			return s.line, nil
		}
		known = append(known, s.word)
	}
	return "", mistake(at[0], suggest.DidYouMean(words[0], known), "%q is not known", words[0])
}

// count sees to it that there are five fields.
func count(expr string, words []string, at []int) error {
	switch {
	case len(words) == 0:
		return mistake(0, example, "the line is empty")
	case strings.HasPrefix(words[0], "TZ=") || strings.HasPrefix(words[0], "CRON_TZ="):
		return mistake(at[0], "leave it out here", "the time zone is an option of its own")
	case len(words) < len(fields):
		return mistake(len(expr), example, "the %s is missing, a line has five fields", fields[len(words)].name)
	case len(words) > len(fields):
		return mistake(at[len(fields)], example, "%q is too much, a line has five fields, and none for seconds", words[len(fields)])
	}
	return nil
}

// parse reads a field, a list of elements, into its bits of c.
func (f *field) parse(c *cron, list string, at int) error {
	for element := range strings.SplitSeq(list, ",") {
		bits, ok := f.element(element)
		if !ok {
			return mistake(at, f.hint(element), "%q does not fit the %s, %s", element, f.name, f.values)
		}
		*f.of(c) |= bits
		at += len(element) + 1
	}
	return nil
}

// element reads one element. What the library's parser would let through, or
// panic on, is kept from it: signs, a zone, and * as an end of a range.
func (f *field) element(element string) (bits uint64, ok bool) {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789*/-"
	first, _, _ := strings.Cut(element, "/")
	if element == "" || strings.Trim(strings.ToLower(element), allowed) != "" ||
		strings.Contains(first, "*") && first != "*" {
		return 0, false
	}
	schedule, err := robfig.NewParser(f.parser).Parse(element)
	if err != nil {
		return 0, false
	}
	return f.bits(schedule.(*robfig.SpecSchedule)), true
}

// hint tells what an element may be, or which name was probably meant.
func (f *field) hint(element string) string {
	if element == "7" && f.parser == robfig.Dow {
		return "Sunday is 0"
	}
	for word := range strings.SplitSeq(strings.ToLower(element), "-") {
		if near := suggest.Nearest(word, f.words); near != "" && near != word {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	return "write a value, a range such as 1-5, a step such as */15, or * for all"
}

func mistake(at int, hint, format string, args ...any) error {
	return &feedgauge.FieldError{Field: "schedule", Offset: at, Msg: fmt.Sprintf(format, args...), Hint: hint}
}
