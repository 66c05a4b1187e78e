package format

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

const logs = "../../testdata/logs"

// expectation is one row of EXPECT.csv.
type expectation struct {
	path, format              string
	require                   []string
	lines, accepted, rejected int
	allowed                   []string // reasons that suit the mutation
	counts                    string   // reason:lines of each reason we give
}

func expectations(t testing.TB) []expectation {
	t.Helper()
	f, err := os.Open(filepath.Join(logs, "EXPECT.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var list []expectation
	for _, r := range rows[1:] {
		list = append(list, expectation{
			path: r[0], format: r[1], require: strings.Fields(r[2]),
			lines: number(r[3]), accepted: number(r[4]), rejected: number(r[5]),
			allowed: strings.Split(r[6], "|"), counts: r[7],
		})
	}
	return list
}

// newChecker builds the format of that name; with no fields required it has its
// defaults.
func newChecker(t rapid.TB, name string, require ...string) feedgauge.Checker {
	t.Helper()
	config := configOf(name)
	if c, ok := config.(interface{ Common() *Options }); ok && len(require) > 0 {
		c.Common().Require = require
	}
	return built(t, config)
}

// configOf is the configuration of a format that needs no more to be built.
func configOf(name string) feedgauge.FormatConfig {
	config := All()[name]()
	switch name {
	case "csv", "tsv":
		config.(interface{ Common() *Options }).Common().Fields = []string{"a", "b"}
	case "regexp":
		config.(*Regexp).Expression = `^(?<client>[0-9a-f.:]+) (?<user>\S+) (?<text>\S.*)$`
	}
	return config
}

func built(t rapid.TB, config feedgauge.FormatConfig) feedgauge.Checker {
	t.Helper()
	c, err := config.Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func readLines(t testing.TB, path string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(logs, path))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte{'\n'}), []byte{'\n'})
}

func TestRealLines(t *testing.T) {
	for _, e := range expectations(t) {
		t.Run(e.path, func(t *testing.T) {
			c, lines := newChecker(t, e.format, e.require...), readLines(t, e.path)
			reasons := map[feedgauge.Reason]int{}
			for i, line := range lines {
				v := c.Check(&feedgauge.Record{Value: line})
				if v.Lines != 1 || v.Blank {
					t.Errorf("line %d: %+v", i+1, v)
				}
				if v.Reason != "" {
					reasons[v.Reason]++
					if !slices.Contains(e.allowed, string(v.Reason)) {
						t.Errorf("line %d: reason %q is none of %q: %.200q", i+1, v.Reason, e.allowed, line)
					}
				}
			}
			rejected := 0
			for _, n := range reasons {
				rejected += n
			}
			if len(lines) != e.lines || len(lines)-rejected != e.accepted || rejected != e.rejected {
				t.Errorf("%d lines, %d rejected; want %d and %d", len(lines), rejected, e.lines, e.rejected)
			}
			if got := counts(reasons); got != e.counts {
				t.Errorf("reasons %q, want %q", got, e.counts)
			}
		})
	}
}

func counts(reasons map[feedgauge.Reason]int) string {
	var parts []string
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		parts = append(parts, fmt.Sprintf("%s:%d", r, reasons[r]))
	}
	return strings.Join(parts, "|")
}

// TestRealLinesRowByRow holds a damaged file against the one it was made from:
// a row is refused if, and only if, it was changed.
func TestRealLinesRowByRow(t *testing.T) {
	for _, e := range expectations(t) {
		folder, name, broken := strings.Cut(e.path, "/broken/")
		if !broken {
			continue
		}
		parts := strings.Split(name, ".")
		c := newChecker(t, e.format, e.require...)
		whole := readLines(t, folder+"/"+parts[0]+"."+parts[2])
		for i, line := range readLines(t, e.path) {
			refused := c.Check(&feedgauge.Record{Value: line}).Reason != ""
			if changed := !bytes.Equal(line, whole[i]); refused != changed {
				t.Errorf("%s, line %d: refused %v, changed %v", e.path, i+1, refused, changed)
			}
		}
	}
}

// TestWholeFiles checks a file as one record, with each of the line ends and a
// byte order mark.
func TestWholeFiles(t *testing.T) {
	for _, e := range expectations(t) {
		c, lines := newChecker(t, e.format, e.require...), readLines(t, e.path)
		first := feedgauge.Reason("")
		for _, line := range lines {
			if v := c.Check(&feedgauge.Record{Value: line}); v.Reason != "" {
				first = v.Reason
				break
			}
		}
		for _, end := range []string{"\n", "\r\n"} {
			value := append([]byte("\ufeff"), bytes.Join(lines, []byte(end))...)
			for _, value := range [][]byte{value, append(value, end...)} {
				want := feedgauge.Verdict{Reason: first, Lines: len(lines), Events: len(lines)}
				got := c.Check(&feedgauge.Record{Value: value})
				want.Fault, want.Bad = got.Fault, e.rejected
				if got != want {
					t.Errorf("%s with %q: got %+v, want %+v", e.path, end, got, want)
				}
			}
		}
	}
}

func TestRealLinesDoNotAllocate(t *testing.T) {
	for _, e := range expectations(t) {
		c, lines := newChecker(t, e.format, e.require...), readLines(t, e.path)
		r := &feedgauge.Record{}
		all := func() {
			for _, line := range lines {
				r.Value = line
				c.Check(r)
			}
		}
		all() // forms are learnt, and planned for when they come again
		if n := testing.AllocsPerRun(1, all); n != 0 {
			t.Errorf("%s: %v allocations", e.path, n)
		}
	}
}

func BenchmarkRealLines(b *testing.B) {
	for _, path := range []string{"access_combined/elastic_apache.log", "syslog_rfc3164/elastic_auth.log", "json/wrccdc2018.json"} {
		list := expectations(b)
		e := list[slices.IndexFunc(list, func(e expectation) bool { return e.path == path })]
		b.Run(e.format, func(b *testing.B) {
			c, lines := newChecker(b, e.format, e.require...), readLines(b, path)
			r, i := &feedgauge.Record{}, 0
			b.ReportAllocs()
			for b.Loop() {
				r.Value = lines[i%len(lines)]
				c.Check(r)
				i++
			}
		})
	}
}
