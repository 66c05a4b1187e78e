package format

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"
	"github.com/tidwall/gjson"
	"github.com/valyala/fastjson"

	"github.com/feedgauge/feedgauge"
)

// six is an object of 434 bytes that has six fields.
var six = `{"ts":"2026-03-01T12:00:00.123Z","host":"web-01.example.com","src":{"ip":"203.0.113.77"},"status":200,"bytes":18273.5,"session":"` +
	strings.Repeat("0123456789abcdef", 18) + `0123456789abcde"}`

// manyMore is an object of 434 bytes, of whose 16 fields six are read.
var manyMore = strings.TrimSuffix(record, "}") + `,"session":"0123456789abcdef0123456789abcdef0123456789abcdef0123","region":"eu-central-1","account":"000000000042","ok":true}`

var sixFields = append([]string{"session:string"}, fiveFields...)

var combinedPattern = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"`)

// grokPattern is COMBINEDAPACHELOG of logstash-patterns-core (Apache-2.0), by which
// many read these lines, written out, and without what Go's expressions do not have:
// looking behind and atomic groups. Of addresses it has those of IPv4.
var grokPattern = regexp.MustCompile(strings.NewReplacer(
	"%{IPORHOST}", `(?:(?:[0-1]?[0-9]{1,2}|2[0-4][0-9]|25[0-5])(?:[.](?:[0-1]?[0-9]{1,2}|2[0-4][0-9]|25[0-5])){3}|\b[0-9A-Za-z][0-9A-Za-z-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z-]{0,62})*(?:\.?|\b))`,
	"%{HTTPDUSER}", `(?:[a-zA-Z][a-zA-Z0-9_.+=:-]+@[0-9A-Za-z][0-9A-Za-z-]{0,62}(?:\.[0-9A-Za-z][0-9A-Za-z-]{0,62})*|[a-zA-Z0-9._-]+)`,
	"%{USER}", `[a-zA-Z0-9._-]+`,
	"%{MONTH}", `\b(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]un(?:e)?|[Jj]ul(?:y)?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)\b`,
	"%{NUMBER}", `(?:[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))`,
	"%{QS}", `(?:"(?:\\.|[^\\"]+)+"|"")`,
).Replace(`^(?P<clientip>%{IPORHOST}) (?P<ident>%{HTTPDUSER}) (?P<auth>%{USER}) \[(?P<timestamp>(?:0[1-9]|[12][0-9]|3[01]|[1-9])/%{MONTH}/(?:\d\d){1,2}:(?:2[0123]|[01]?[0-9]):[0-5][0-9]:(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)? [+-]?[0-9]+)\] ` +
	`"(?:(?P<verb>\b\w+\b) (?P<request>\S+)(?: HTTP/(?P<httpversion>%{NUMBER}))?|(?P<rawrequest>.*?))" (?P<response>%{NUMBER}) (?:(?P<bytes>%{NUMBER})|-) (?P<referrer>%{QS}) (?P<agent>%{QS})`))

// longAccess is a line of 324 bytes as a real server has it: the first of
// testdata/logs/access_combined/elastic_apache.log.
const longAccess = `83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/logstash-monitorama-2013/images/kibana-search.png HTTP/1.1" 200 203023 ` +
	`"http://semicomplete.com/presentations/logstash-monitorama-2013/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`

// rival reads a line by a library, and reports whether it could.
type rival struct {
	name string
	read func(line []byte) bool
}

// contest is a line that a format and libraries read.
type contest struct {
	format, line string
	require      []string
	rivals       []rival
	fields       int // how many the line has, where there is another of that length
}

func (c *contest) name() string {
	if c.fields > 0 {
		return fmt.Sprintf("%s_%d_fields_%d_bytes", c.format, c.fields, len(c.line))
	}
	return fmt.Sprintf("%s_%d_bytes", c.format, len(c.line))
}

func contests() []contest {
	var parser fastjson.Parser
	five, three := rfc5424.NewParser(), rfc3164.NewParser(rfc3164.WithYear(rfc3164.Year{YYYY: 2026}))
	patterns := []rival{
		{"regexp", func(line []byte) bool { return combinedPattern.FindSubmatch(line) != nil }},
		{"grok", func(line []byte) bool { return grokPattern.FindSubmatch(line) != nil }},
	}
	objects := []rival{
		{"fastjson", func(line []byte) bool {
			// The parser alone lets bad numbers and escapes pass.
			if fastjson.ValidateBytes(line) != nil {
				return false
			}
			v, err := parser.ParseBytes(line)
			return err == nil && v.Exists("ts") && v.Exists("host") && v.Exists("src", "ip") && v.Exists("status") && v.Exists("bytes") && v.Exists("session")
		}},
		{"gjson", func(line []byte) bool {
			if !gjson.ValidBytes(line) {
				return false
			}
			for _, r := range gjson.GetManyBytes(line, "ts", "host", "src.ip", "status", "bytes", "session") {
				if !r.Exists() {
					return false
				}
			}
			return true
		}},
		{"encoding_json", func(line []byte) bool {
			var v map[string]any
			return json.Unmarshal(line, &v) == nil && v["ts"] != nil && v["src"].(map[string]any)["ip"] != nil
		}},
	}
	return []contest{
		{"json", six, sixFields, objects, 6},
		{"json", manyMore, sixFields, objects, 16},
		{"syslog_rfc5424", good["syslog_rfc5424"], nil, []rival{{"leodido", func(line []byte) bool {
			_, err := five.Parse(line)
			return err == nil
		}}}, 0},
		{"syslog_rfc3164", "<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed for lonvick on /dev/pts/8", nil, []rival{{"leodido", func(line []byte) bool {
			_, err := three.Parse(line)
			return err == nil
		}}}, 0},
		{"access_combined", access, nil, patterns, 0},
		{"access_combined", longAccess, nil, patterns, 0},
		{"csv", `192.0.2.1,"a ""b"" c"`, nil, []rival{{"encoding_csv", func(line []byte) bool {
			row, err := csv.NewReader(bytes.NewReader(line)).Read()
			return err == nil && len(row) == 2
		}}}, 0},
		{"zeek_tsv", good["zeek_tsv"], nil, []rival{{"split", func(line []byte) bool { return len(strings.Split(string(line), "\t")) == 7 }}}, 0},
	}
}

// sides are all that read the line of a contest: the format, without what it
// remembers of lines before if it remembers anything, and the libraries.
func (c contest) sides(t testing.TB) []rival {
	side := func(name string, k feedgauge.Checker) rival {
		r := &feedgauge.Record{}
		return rival{name, func(line []byte) bool {
			r.Value = line
			return k.Check(r).Reason == ""
		}}
	}
	list := []rival{side("feedgauge", newChecker(t, c.format, c.require...))}
	if k := newChecker(t, c.format, c.require...); k.(*checker).swift != nil {
		list = append(list, side("feedgauge_strict", formless(k)))
	}
	return append(list, c.rivals...)
}

// formless returns c without what it remembers of the forms of events, if it reads
// objects.
func formless(k feedgauge.Checker) feedgauge.Checker {
	c := k.(*checker)
	c.swift, c.formed = nil, nil
	if s, ok := c.scan.(*jsonScanner); ok {
		c.swift = quickly{s}
	}
	return c
}

// quickly reads objects as if each were the first.
type quickly struct{ *jsonScanner }

func (q quickly) again(b []byte) bool { return q.quick(b) }

// BenchmarkAgainstLibraries reads the same lines by each format and by what one
// would take otherwise. The formats check more: encoding, control characters, keys
// that stand twice, types.
func BenchmarkAgainstLibraries(b *testing.B) {
	for _, c := range contests() {
		for _, r := range c.sides(b) {
			b.Run(c.name()+"/"+r.name, func(b *testing.B) {
				line := []byte(c.line)
				b.ReportAllocs()
				for b.Loop() {
					if !r.read(line) {
						b.Fatal("refused")
					}
				}
			})
		}
	}
}

// BenchmarkSideBySide is BenchmarkAgainstLibraries with all sides taking turns of a
// tenth of a millisecond. It reports the median of each, and how many times as long as
// ours the others take. What else a machine does is the same for all of them then.
func BenchmarkSideBySide(b *testing.B) {
	for _, c := range contests() {
		b.Run(c.name(), func(b *testing.B) {
			sides, line := c.sides(b), []byte(c.line)
			turns, took := make([]int, len(sides)), make([][]float64, len(sides))
			for i, s := range sides {
				turns[i] = 1 + int(100_000/s.turn(line, 100))
			}
			for b.Loop() {
				for i, s := range sides {
					s.turn(line, 1+turns[i]/10) // find what the others have pushed out of the caches
					took[i] = append(took[i], s.turn(line, turns[i]))
				}
			}
			b.ReportMetric(0, "ns/op")
			for i, s := range sides {
				slices.Sort(took[i])
				each, ours := took[i][len(took[i])/2], took[0][len(took[0])/2]
				b.ReportMetric(each, s.name+"-ns")
				if i > 0 {
					b.ReportMetric(each/ours, s.name+"/ours")
				}
			}
		})
	}
}

// turn reads a line n times and returns how many nanoseconds each took.
func (r rival) turn(line []byte, n int) float64 {
	start := time.Now() //nolint:forbidigo // how long something takes is what is asked
	for range n {
		r.read(line)
	}
	return float64(time.Since(start)) / float64(n) //nolint:forbidigo // the same
}

// TestContestsAreFair: both sides read the lines they are compared by, and ours
// without allocating.
func TestContestsAreFair(t *testing.T) {
	if len(six) != 434 || len(manyMore) != 434 {
		t.Errorf("the objects have %d and %d bytes", len(six), len(manyMore))
	}
	for _, c := range contests() {
		k, r := newChecker(t, c.format, c.require...), &feedgauge.Record{Value: []byte(c.line)}
		if v := k.Check(r); v.Reason != "" {
			t.Errorf("%s: %+v", c.format, v)
		}
		if n := testing.AllocsPerRun(10, func() { k.Check(r) }); n != 0 {
			t.Errorf("%s: %v allocations", c.format, n)
		}
		for _, rival := range c.rivals {
			if !rival.read([]byte(c.line)) {
				t.Errorf("%s: %s refuses the line", c.format, rival.name)
			}
		}
	}
}
