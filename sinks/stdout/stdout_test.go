package stdout

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

var (
	_ feedgauge.Sink       = (*Sink)(nil)
	_ feedgauge.SinkConfig = (*Config)(nil)
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = feedgauge.InstantOf(time.Date(2026, 11, 25, 7, 0, 5, 999e6, time.UTC))

// alert encodes a step of a finding on feed, at a number of seconds after start.
func alert(t *testing.T, a feedgauge.Activity, sev feedgauge.Severity, feed, rule, message string, seconds int, live bool) feedgauge.Alert {
	t.Helper()
	s := feedgauge.Step{
		Sequence: int(a), Activity: a, Feed: feedgauge.FeedID{Tenant: "main", Name: feed},
		Rule: rule, Status: feedgauge.Status(rule), Severity: sev, Message: message,
		At: start.Add(time.Duration(seconds) * time.Second), End: feedgauge.Before,
	}
	s.UID = feedgauge.FindingUID(s.Feed, rule, feedgauge.Window{Start: start})
	return encoded(t, s, live)
}

func encoded(t *testing.T, s feedgauge.Step, live bool) feedgauge.Alert {
	t.Helper()
	value, err := ocsf.Encode(nil, &s, ocsf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return feedgauge.Alert{Key: s.UID, Value: value, Time: s.At, Live: live}
}

// spoken is a step with somebody's word on it.
func spoken(t *testing.T, a feedgauge.Activity, muted, retracted bool, who, why string) feedgauge.Alert {
	t.Helper()
	return encoded(t, feedgauge.Step{
		UID: "u", Sequence: int(a), Activity: a, Feed: feedgauge.FeedID{Tenant: "main", Name: "web-04"}, Rule: "silent",
		Severity: feedgauge.High, Message: "what happened", At: start.Add(time.Hour), End: feedgauge.Before,
		Muted: muted, Retracted: retracted, Who: who, Why: why,
	}, true)
}

func sink(t *testing.T, c Config, w *bytes.Buffer) *Sink {
	t.Helper()
	s, err := c.To(w)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, s *Sink, alerts ...feedgauge.Alert) {
	t.Helper()
	if err := s.Write(context.Background(), alerts); err != nil {
		t.Fatal(err)
	}
}

func alerts(t *testing.T) []feedgauge.Alert {
	return []feedgauge.Alert{
		alert(t, feedgauge.Open, feedgauge.High, "web-01", "silent", "no record for 2h, 1h allowed", -7200, false),
		alert(t, feedgauge.Close, feedgauge.High, "web-01", "silent", "records arrive again", -3600, false),
		alert(t, feedgauge.Open, feedgauge.High, "web-03", "silent", "no record for 10.2s, 10s allowed (last 07:00:01)", 0, true),
		alert(t, feedgauge.Open, feedgauge.Low, "web-02", "short", "sent 12 events, 41 were expected", 5, true),
		alert(t, feedgauge.Update, feedgauge.Critical, "web-03", "silent", "no record for 1m10s, 10s allowed", 60, true),
		alert(t, feedgauge.Close, feedgauge.Critical, "web-03", "silent", "records arrive again since 07:04:02", 240, true),
		alert(t, feedgauge.Open, feedgauge.Info, "app\u202e10-bew", "own rule", "two\nlines, \x1b[2J and a tab\there; Straße 日本", 300, true),
		alert(t, feedgauge.Open, "", "x", "y", "z", 301, true),
		{Key: "main/a\nb", Value: []byte("{}"), Live: true},
		spoken(t, feedgauge.Update, false, false, "kim", "ticket 7"),
		spoken(t, feedgauge.Update, false, false, "", "of its own"),
		spoken(t, feedgauge.Open, true, false, "kim", "works\n\x1b[2J"),
		spoken(t, feedgauge.Update, true, false, "kim", ""),
		spoken(t, feedgauge.Close, true, false, "", ""),
		spoken(t, feedgauge.Close, false, true, "", "records were counted late"),
		spoken(t, 0, true, false, "kim", ""),
	}
}

func TestGolden(t *testing.T) {
	for name, c := range map[string]Config{
		"text":            {Encode: Text},
		"text-historical": {Encode: Text, Historical: true},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			s := sink(t, c, &out)
			write(t, s, alerts(t)...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", name+".golden.txt"), out.Bytes())
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("differs from %s:\n%s", path, got)
	}
}

func TestOCSFPrintsRecordsAndNothingElse(t *testing.T) {
	var out bytes.Buffer
	s := sink(t, Config{Encode: OCSF}, &out)
	all := alerts(t)
	write(t, s, all...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	for _, a := range all {
		if a.Live {
			want.Write(append(a.Value, '\n'))
		}
	}
	if out.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want.String())
	}
}

func TestHistoricalAreCountedOnceAWriteAndInAll(t *testing.T) {
	var out bytes.Buffer
	s := sink(t, Config{Encode: Text}, &out)
	open := alert(t, feedgauge.Open, feedgauge.High, "a", "silent", "m", 0, false)
	closing := alert(t, feedgauge.Close, feedgauge.High, "a", "silent", "m", 9, false)
	write(t, s, open, closing, open)
	write(t, s, closing)
	write(t, s)
	write(t, s, open)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := "... 2 historical findings (not printed)\n" +
		"... 1 historical finding (not printed)\n" +
		"... 3 historical findings in all, told in 5 alerts (not printed)\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestNothingHistoricalNothingSaid(t *testing.T) {
	var out bytes.Buffer
	if err := sink(t, Config{Encode: Text}, &out).Close(); err != nil || out.Len() > 0 {
		t.Errorf("error %v, output %q", err, out.String())
	}
}

// broken fails as often as it is told to, then works.
type broken struct {
	failures int
	bytes.Buffer
}

var errBroken = errors.New("pipe is broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.failures > 0 {
		b.failures--
		return 0, errBroken
	}
	return b.Buffer.Write(p)
}

// The engine repeats a Write that failed; its findings count once.
func TestFailedWriteCountsNothing(t *testing.T) {
	out := &broken{failures: 1}
	c := Config{Encode: Text}
	s, err := c.To(out)
	if err != nil {
		t.Fatal(err)
	}
	a := alert(t, feedgauge.Open, feedgauge.High, "a", "silent", "m", 0, false)
	if err := s.Write(context.Background(), []feedgauge.Alert{a}); !errors.Is(err, errBroken) {
		t.Fatalf("error %v, want %v", err, errBroken)
	}
	write(t, s, a)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "... 1 historical finding in all"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not in %q", want, out.String())
	}
}

func TestColour(t *testing.T) {
	sum := ocsf.Summary{Activity: feedgauge.Open, Severity: feedgauge.High, Tenant: "main", Feed: "f", Rule: "silent", Message: "\x1b[31mred"}
	for _, tt := range []struct {
		want   string
		change func(s *ocsf.Summary)
	}{
		{screen.Red, func(*ocsf.Summary) {}},
		{screen.Yellow, func(s *ocsf.Summary) { s.Severity = feedgauge.Medium }},
		{screen.Cyan, func(s *ocsf.Summary) { s.Severity = feedgauge.Info }},
		{screen.Cyan, func(s *ocsf.Summary) { s.Muted = true }},
		{screen.Green, func(s *ocsf.Summary) { s.Activity, s.Muted = feedgauge.Close, true }},
	} {
		s, want := sum, tt.want
		tt.change(&s)
		line := Line(&s, screen.Screen{Colour: true})
		if strings.Count(line, "\x1b") != 2 || !strings.Contains(line, want) {
			t.Errorf("%q does not hold exactly %q and a reset", line, want)
		}
		plain := strings.NewReplacer(want, "", screen.Reset, "").Replace(line)
		if got := Line(&s, screen.Screen{}); got != plain {
			t.Errorf("without colour %q, want %q", got, plain)
		}
	}
}

func TestNoColourOffTerminals(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := Config{Encode: Text}
	s, err := c.To(f)
	if err != nil {
		t.Fatal(err)
	}
	if s.screen.Colour {
		t.Error("a file gets colours")
	}
}

func TestBuild(t *testing.T) {
	s, err := NewConfig().Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.(*Sink); got.out != os.Stdout || got.ocsf || got.historical {
		t.Errorf("not the defaults: %+v", got)
	}
	bad := Config{Encode: "xml"}
	_, err = bad.Build(feedgauge.Env{})
	var field *feedgauge.FieldError
	if !errors.As(err, &field) || field.Field != "encode" || !strings.Contains(field.Msg, `"xml"`) {
		t.Errorf("error %v, want one on encode", err)
	}
}

// The default tags are documentation; they must say what NewConfig does.
func TestDefaultTags(t *testing.T) {
	typ := reflect.TypeFor[Config]()
	for field, want := range map[string]string{"Encode": NewConfig().Encode, "Historical": "false"} {
		f, ok := typ.FieldByName(field)
		if got := f.Tag.Get("default"); !ok || got != want || f.Tag.Get("doc") == "" {
			t.Errorf("%s: default %q, want %q, and a doc", field, got, want)
		}
	}
}
