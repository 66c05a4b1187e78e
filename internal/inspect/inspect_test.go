package inspect

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
)

// logs are the files of real lines by path under their folder: of testdata, or of
// the folder that FEEDGAUGE_LOGS names.
func logs(t *testing.T) (dir string, files []string) {
	t.Helper()
	if dir = os.Getenv("FEEDGAUGE_LOGS"); dir == "" {
		dir = filepath.Join("..", "..", "testdata", "logs")
	}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, p); err == nil && !d.IsDir() && strings.ContainsRune(rel, filepath.Separator) {
			files = append(files, rel)
		}
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return dir, files
}

// valid reports what validate would say of what is offered.
func valid(r *Report) error {
	p, ds := config.Parse("inspected.hcl", []byte("kafka { brokers = [\"localhost:9092\"] }\n"+r.SourceHCL+"\n"+r.ClassHCL), config.Plugins{
		Processors: feedgauge.Processors{Formats: format.All(), Forecasts: forecast.All()},
	})
	if p == nil || len(ds) > 0 {
		return fmt.Errorf("%v", ds)
	}
	return nil
}

// The guess is right for whole files, and whatever a file holds, what is offered
// is valid and examples are short.
func TestFiles(t *testing.T) {
	t.Parallel()
	dir, files := logs(t)
	// Files of "json" may be of a format that is more specific.
	right := 0
	for _, name := range files {
		in, err := File(filepath.Join(dir, name), nil, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		r := Look(in, format.All())
		if err := valid(r); err != nil {
			t.Errorf("%s: %v\n%s\n%s", name, err, r.SourceHCL, r.ClassHCL)
		}
		examples(t, name, r)
		want, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		if strings.Contains(name, "broken") || want == "json" || format.All()[want] == nil || r.Records > 0 && r.Records < 10 {
			continue
		}
		if right++; r.Guess.Format != want {
			t.Errorf("%s is guessed to be %+v; candidates %+v", name, r.Guess, r.Candidates[:min(3, len(r.Candidates))])
			right--
		}
	}
	figures.Tell(t, "inspect: %d of the unbroken files were told by their format", right)
}

func examples(t *testing.T, name string, r *Report) {
	t.Helper()
	for _, f := range r.Fields {
		n := 0
		for _, k := range f.Types {
			n += k
		}
		if f.Filled > f.Present || f.Present > 1 || f.Distinct > n || len(f.Examples) > f.Distinct {
			t.Errorf("%s: %+v", name, f)
		}
		for _, e := range f.Examples {
			if utf8.RuneCountInString(e) > 80 || strings.ContainsAny(e, "\n\x00\x1b") {
				t.Errorf("%s: example %q", name, e)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Time{
		`{"@timestamp":"2020-10-22T03:52:01.033Z","a":1}`:                     {"@timestamp", "rfc3339", "UTC"},
		`{"time":"2020-10-22T03:52:01+02:00"}`:                                {"time", "rfc3339", "+02:00"},
		`{"time":"2020-10-22 03:52:01"}`:                                      {"time", "iso8601", ""},
		`{"n":7,"ts":1588205199.82437}`:                                       {"ts", "epoch", ""},
		`{"unixTime":1588205199824}`:                                          {"unixTime", "epoch_ms", ""},
		`when="22/Oct/2020:03:52:01 +0000" x=1`:                               {"when", "clf", "+0000"},
		`<13>Feb  5 17:32:18 10.0.0.99 sshd[12]: x`:                           {"time", "syslog", ""},
		`{"date":"13.01.2015"}`:                                               {"date", "%d.%m.%Y", ""},
		`{"a":"x"}`:                                                           {},
		"2015-01-13 00:32:17 10.0.0.1 GET /robots.txt - 80 - 157.55.39.146 -": {"c1", "%Y-%m-%d", ""},
	} {
		in := &Input{Records: []feedgauge.Record{{Value: []byte(line)}}, Lines: 1}
		if got := Look(in, nil).Time; got != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
}

// Of a topic the accessors name feeds with their rates, and the best is in the
// source that is offered.
func TestTopic(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	cl, err := kafka.Dial(broker.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	if _, err := kadm.NewClient(cl).CreateTopic(t.Context(), 2, 1, nil, "app.logs"); err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-time.Hour)
	var records []*kgo.Record
	for i := range 600 {
		records = append(records, &kgo.Record{
			Topic: "app.logs", Timestamp: start.Add(time.Duration(i) * time.Second), Key: []byte(fmt.Sprint(i)),
			Value:   []byte(fmt.Sprintf(`{"ts":"2026-01-02T03:04:05Z","host":{"name":"web-%d"},"n":%d}`, i%3, i)),
			Headers: []kgo.RecordHeader{{Key: "site", Value: []byte("lon")}},
		})
	}
	if err := cl.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	in, err := Topic(t.Context(), broker.Brokers(), "app.logs", 10_000)
	if err != nil {
		t.Fatal(err)
	}
	r := Look(in, format.All())
	if r.Records != 600 || r.Guess.Format != "json" || len(r.Accessors) == 0 || r.Accessors[0].Accessor != "json:host.name" {
		t.Fatalf("%d records, guess %+v, accessors %+v", r.Records, r.Guess, r.Accessors)
	}
	best := r.Accessors[0]
	if best.Feeds != 3 || best.Coverage != 1 || best.Names[0].Records != 200 || *best.Names[0].PerMinute < 19 || *best.Names[0].PerMinute > 21 {
		t.Errorf("accessor %+v", best)
	}
	if want := "source \"kafka\" \"app-logs\" {\n  topics = [\"app\\\\.logs\"]\n  feed   = [\"json:host.name\"]\n}\n"; r.SourceHCL != want {
		t.Errorf("got %s", r.SourceHCL)
	}
	if err := valid(r); err != nil {
		t.Error(err)
	}
	few, err := Topic(t.Context(), broker.Brokers(), "app.logs", 10)
	if err != nil || len(few.Records) > 10 || len(few.Records) < 5 {
		t.Errorf("%d records, %v", len(few.Records), err)
	}
	for _, topic := range []string{"none", ""} {
		if _, err := Topic(t.Context(), broker.Brokers(), topic, 10); err == nil || err.Error() != fmt.Sprintf("there is no topic %q", topic) {
			t.Errorf("topic %q: %v", topic, err)
		}
	}
}

// What a file says of itself must not reach the configuration as anything but
// text.
func FuzzLook(f *testing.F) {
	for _, s := range []string{
		`{"${env(\"X\")}":"a","a\"b":"1.2.3.4","%{x":"1.2.3.4"}`, "a=1.2.3.4 b=${x}", "#fields\ta\tb\n", "#Fields: date ${x} a\n2026-01-02 1 2\n", "#Fields: time a a\n03:04:05 1 2\n", "x\ty\tz\tv\tw\n", "\xff", "{\"a.b.c.d.e.f.g.h.i.j\":\"::1\"}",
		`{"Records":["a=${x}","b=1.2.3.4"]}`, `{"@timestamp":"2026-01-02T03:04:05Z","message":"{\"%{x\":\"::1\"}"}`, "2026-01-02T03:04:05Z stdout F x ${y}",
	} {
		f.Add([]byte(s), "na${m}e.log")
	}
	formats := format.All()
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		in := &Input{Source: name, Text: text, Records: []feedgauge.Record{{Value: text}}, Lines: 1}
		r := Look(in, formats)
		if err := valid(r); err != nil {
			t.Errorf("%v\n%s\n%s", err, r.SourceHCL, r.ClassHCL)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
