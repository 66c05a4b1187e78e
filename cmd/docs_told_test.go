package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sinks/stdout"
	"github.com/feedgauge/feedgauge/sources/memory"
)

var updateDocs = flag.Bool("update-docs", false, "write into docs/ what the program prints")

// What is told of a configuration stands behind it in a page, and between them what
// arrives, in a comment that readers do not see.
var recipe = regexp.MustCompile("(?ms)^```hcl\n(.*?)```\n(.*?)<!-- arrives\n(.*?)-->\n+```text\n(.*?)```\n")

// Each rule of the cookbook is read by the program as a user's would be, and on
// the traffic beside it says what the cookbook says.
func TestCookbook(t *testing.T) {
	t.Parallel()
	const file = "../docs/rules.md"
	text := string(read(t, file))
	if n, headings := toldIn(t, file), strings.Count(text, "\n### "); n != headings || n < 20 {
		t.Errorf("%d recipes could be read under %d headings", n, headings)
	}
}

// What the picture of the concepts shows is what the monitor tells.
func TestPicture(t *testing.T) {
	t.Parallel()
	if n := toldIn(t, "../docs/concepts.md"); n != 1 {
		t.Errorf("%d examples were found", n)
	}
}

// toldIn compares what a page says is told, and returns of how many examples.
func toldIn(t *testing.T, file string) int {
	t.Helper()
	text := string(read(t, file))
	all := recipe.FindAllStringSubmatchIndex(text, -1)
	for i := len(all) - 1; i >= 0; i-- {
		at := all[i]
		hcl, arrives, want := text[at[2]:at[3]], text[at[6]:at[7]], text[at[8]:at[9]]
		_, name, _ := strings.Cut(text[:at[0]][strings.LastIndex(text[:at[0]], "\n#")+1:], " ")
		name, _, _ = strings.Cut(name, "\n")
		got := cook(t, name, hcl, arrives, line)
		if *updateDocs {
			text = text[:at[8]] + got + text[at[9]:]
		} else if got != want {
			t.Errorf("%s: told\n%swant\n%s", name, got, want)
		}
		if !strings.Contains(got, "OPEN") {
			t.Errorf("%s: nothing is found", name)
		}
	}
	if *updateDocs {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return len(all)
}

// The example of the reference of alerts is what the program writes.
func TestAlertExample(t *testing.T) {
	t.Parallel()
	const file = "../docs/alerts.md"
	text := string(read(t, file))
	at := regexp.MustCompile("(?ms)^```hcl\n(.*?)```\n.*?<!-- arrives\n(.*?)-->\n+```json\n(.*?)```\n").FindStringSubmatchIndex(text)
	if at == nil {
		t.Fatal("there is no example")
	}
	got := cook(t, "example", text[at[2]:at[3]], text[at[4]:at[5]], func(a *feedgauge.Alert) (string, error) {
		var out bytes.Buffer
		err := json.Indent(&out, a.Value, "", "  ")
		return out.String(), err
	})
	if *updateDocs {
		if err := os.WriteFile(file, []byte(text[:at[6]]+got+text[at[7]:]), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if want := text[at[6]:at[7]]; got != want {
		t.Errorf("told\n%swant\n%s", got, want)
	}
}

// The references of statuses and of reasons have each that the vocabulary has.
func TestDocumentedWords(t *testing.T) {
	t.Parallel()
	text := string(read(t, "../docs/alerts.md"))
	for file, typ := range map[string]string{"../tally.go": "Reason", "../finding.go": "Status"} {
		words := regexp.MustCompile(`(?m)^\t\w+ +`+typ+` += "(\w+)"`).FindAllStringSubmatch(string(read(t, file)), -1)
		if len(words) < 10 {
			t.Errorf("only %d words of type %s in %s", len(words), typ, file)
		}
		for _, w := range words {
			if !strings.Contains(text, "\n| `"+w[1]+"` | ") {
				t.Errorf("%s %q is not in docs/alerts.md", typ, w[1])
			}
		}
	}
}

// line is an alert as the sink "stdout" prints it.
func line(a *feedgauge.Alert) (string, error) {
	s, err := ocsf.Summarize(a.Value)
	return stdout.Line(&s, screen.Screen{Width: 100}), err
}

// cook runs the monitor over what arrives, and returns what it tells.
func cook(t *testing.T, name, hcl, arrives string, form func(*feedgauge.Alert) (string, error)) (told string) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday
		time.Sleep(time.Until(day))                        //nolint:forbidigo // the clock of the bubble
		records, end := traffic(t, name, day, arrives)
		time.Sleep(time.Until(end.Add(time.Minute))) //nolint:forbidigo // the clock of the bubble
		p := cookbookPlugins(records)
		file := filepath.Join(dir, "recipe.hcl")
		if err := os.WriteFile(file, []byte(scripted(hcl)), 0o600); err != nil {
			t.Fatal(err)
		}
		pipe, diags := config.Load([]string{file}, p.config())
		if pipe == nil {
			t.Fatalf("%s: %v", name, diags.Err())
		}
		var out bytes.Buffer
		for _, s := range pipe.Sinks {
			if s.Kind == "stdout" {
				s.Open = func() (feedgauge.Sink, error) { return &printer{out: &out, form: form}, nil }
			}
		}
		e, err := engine.New(engine.Options{Pipeline: pipe, Log: hclog.NewNullLogger(), Version: "0.1.0"})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.RunLocal(t.Context()); err != nil {
			t.Fatal(err)
		}
		told = out.String()
	})
	return told
}

// scripted is a recipe as a whole configuration, which reads records of the test
// in place of those on Kafka.
func scripted(hcl string) string {
	if !strings.Contains(hcl, "source \"kafka\"") {
		hcl = "source \"kafka\" \"raw\" { topics = [\"raw\"] }\n" + hcl
	}
	return strings.ReplaceAll(hcl, "source \"kafka\"", "source \"script\"") + "\nsink \"stdout\" \"screen\" {}\n"
}

func cookbookPlugins(records []feedgauge.Record) Plugins {
	p := BuiltIn()
	p.Sources["script"] = func() feedgauge.SourceConfig { return &script{records: records} }
	return p
}

// script is a source that takes the options of that for Kafka.
type script struct {
	Topics []string `hcl:"topics" doc:"as for Kafka"`

	records []feedgauge.Record
}

func (s *script) Build(feedgauge.Env) (feedgauge.Source, error) {
	return memory.New(s.records, 20), nil
}

// printer prints all alerts, those of the past too, since all of a script is past.
type printer struct {
	out  io.Writer
	form func(*feedgauge.Alert) (string, error)
}

func (p *printer) Write(_ context.Context, alerts []feedgauge.Alert) error {
	for i := range alerts {
		text, err := p.form(&alerts[i])
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.out, text); err != nil {
			return err
		}
	}
	return nil
}

func (*printer) Close() error { return nil }

// arrival is a record with the time at which it arrives, which its stamp need not be.
type arrival struct {
	at     time.Time
	record feedgauge.Record
}

// traffic reads what arrives, a line each, and says when it all ends.
func traffic(t *testing.T, name string, day time.Time, text string) (records []feedgauge.Record, end time.Time) {
	t.Helper()
	var all []arrival
	for line := range strings.Lines(text) {
		some, to, err := stream(day, line)
		if err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		all = append(all, some...)
		if to.After(end) {
			end = to
		}
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return a.at.Compare(b.at) })
	for i := range all {
		all[i].record.Offset = int64(i)
		records = append(records, all[i].record)
	}
	return records, end
}

// stream reads a line such as
//
//	00:00 02:00 30s web-01 [-5m] [size=10] {"level":"info"}
//
// From the first time to before the second a record comes each 30 s, of feed
// web-01, stamped five minutes back, with a header; the rest is its value, and in
// it %t the time and %n the record's number. A feed named dev-%9 stands for dev-1 to dev-9.
// Times of a later day have that before them, as in 1d02:00. A line of one time
// says no more than when it all ends.
func stream(day time.Time, line string) (out []arrival, to time.Time, err error) {
	words := strings.Fields(line)
	from, err := clock(day, words[0])
	if err != nil || len(words) == 1 {
		return nil, from, err
	}
	if len(words) < 4 {
		return nil, from, errors.New("too few words")
	}
	to, err = clock(day, words[1])
	step, err2 := time.ParseDuration(words[2])
	if err := errors.Join(err, err2); err != nil {
		return nil, to, err
	}
	off, headers, value := shape(words[4:])
	n := 0
	for at := from; at.Before(to); at = at.Add(step) {
		n++
		text := strings.NewReplacer("%t", at.Format(time.RFC3339), "%n", strconv.Itoa(n)).Replace(value)
		for _, feed := range feeds(words[3]) {
			out = append(out, arrival{at, feedgauge.Record{
				Topic: "raw", Key: []byte(feed), Value: []byte(text), Headers: headers, Time: feedgauge.InstantOf(at.Add(off)),
			}})
		}
	}
	return out, to, nil
}

// shape tells the stamp and the headers from the value.
func shape(words []string) (off time.Duration, headers []feedgauge.Header, value string) {
	if len(words) > 0 {
		if d, err := time.ParseDuration(words[0]); err == nil {
			off, words = d, words[1:]
		}
	}
	for len(words) > 0 && header.MatchString(words[0]) {
		key, value, _ := strings.Cut(words[0], "=")
		headers, words = append(headers, feedgauge.Header{Key: key, Value: []byte(value)}), words[1:]
	}
	return off, headers, strings.Join(words, " ")
}

func feeds(name string) (out []string) {
	prefix, count, many := strings.Cut(name, "%")
	n, err := strconv.Atoi(count)
	if !many || err != nil {
		return []string{name}
	}
	for i := range n {
		out = append(out, prefix+strconv.Itoa(i+1))
	}
	return out
}

var header = regexp.MustCompile(`^[a-z]+=\S+$`)

// clock is a time such as 02:30, or 1d02:30 of the day after.
func clock(day time.Time, s string) (time.Time, error) {
	if d, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil {
			return day, err
		}
		day, s = day.AddDate(0, 0, n), rest
	}
	at, err := time.Parse("15:04", s)
	return day.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute), err
}
