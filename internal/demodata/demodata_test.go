package demodata

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func volumes(t *testing.T) map[string]Series {
	t.Helper()
	all, err := Volumes()
	if err != nil {
		t.Fatal(err)
	}
	byFeed := make(map[string]Series)
	for _, s := range all {
		if _, twice := byFeed[s.Feed]; twice {
			t.Errorf("feed %q occurs twice", s.Feed)
		}
		byFeed[s.Feed] = s
	}
	return byFeed
}

func sum(hours []int) int {
	total := 0
	for _, n := range hours {
		total += n
	}
	return total
}

func TestVolumes(t *testing.T) {
	total, unreal := 0, 0
	all := volumes(t)
	for feed, s := range all {
		if len(s.Hours) != Hours {
			t.Errorf("%s: %d hours, want %d", feed, len(s.Hours), Hours)
		}
		for h, n := range s.Hours {
			if n < 0 {
				t.Errorf("%s: %d records in hour %d", feed, n, h)
			}
		}
		total += sum(s.Hours)
		if s.Source == "simulated" {
			unreal++
		}
	}
	if real := len(all) - unreal; real < 13 {
		t.Errorf("%d feeds are real, want at least 13", real)
	}
	if total > 180_000 || total < 150_000 {
		t.Errorf("%d records, want at most 180,000 and not far fewer", total)
	}
}

// What sources.csv says of a feed must be true of its column.
func TestSourcesAgree(t *testing.T) {
	rows, err := read("data/sources.csv")
	if err != nil {
		t.Fatal(err)
	}
	all := volumes(t)
	if len(rows)-1 != len(all) {
		t.Errorf("%d sources of %d feeds", len(rows)-1, len(all))
	}
	column := index(rows[0], "records")
	for _, row := range rows[1:] {
		if got := strconv.Itoa(sum(all[row[0]].Hours)); got != row[column] {
			t.Errorf("%s: %s records, its source says %s", row[0], got, row[column])
		}
	}
}

// The demo shows nothing if its faults were smoothed away.
func TestFaultsAreVisible(t *testing.T) {
	all := volumes(t)
	for _, c := range []struct {
		feed      string
		from, end int
		atMost    float64 // share of the same hours a week before or later
		compare   int
	}{
		{"taxi-rides-2", 97, 109, 0, 168},
		{"taxi-rides-2", 368, 380, 0.02, -168},
		{"bikes-members-2", 414, 422, 0, -168},
		{"bikes-members-2", 170, 194, 0.5, 168},
		{"bridge-bikes-2", 248, 312, 0.7, -168},
		{"motorway-cars", 260, 262, 0, 168},
	} {
		hours := all[c.feed].Hours
		got, usual := sum(hours[c.from:c.end]), sum(hours[c.from+c.compare:c.end+c.compare])
		if usual == 0 || float64(got) > c.atMost*float64(usual) {
			t.Errorf("%s, hours %d to %d: %d records, %d at other times", c.feed, c.from, c.end, got, usual)
		}
	}
}

// Every feed and file is under a licence that lets us pass it on, and the
// README says so of each by name.
func TestLicences(t *testing.T) {
	b, err := data.ReadFile("data/README.md")
	if err != nil {
		t.Fatal(err)
	}
	free := regexp.MustCompile(`^(MIT|CC BY 4\.0|CC0 1\.0|public domain|Apache-2\.0)`)
	licence := make(map[string]string)
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 {
			continue
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			licence[strings.Trim(name, " `")] = strings.TrimSpace(cells[3])
		}
	}
	for feed, s := range volumes(t) {
		if !free.MatchString(s.Licence) || !strings.HasPrefix(licence[feed], s.Licence) {
			t.Errorf("%s: licence %q, in the README %q", feed, s.Licence, licence[feed])
		}
	}
	for _, file := range []string{"access_combined.log", "syslog_rfc3164.log", "json.log"} {
		if !free.MatchString(licence[file]) {
			t.Errorf("%s: licence %q in the README", file, licence[file])
		}
	}
}

func TestLines(t *testing.T) {
	forms := map[string]*regexp.Regexp{
		"access_combined": regexp.MustCompile(`^\S+ \S+ \S+ \[[^\]]+\] "[^"]+" \d{3} (\d+|-) "[^"]*" "[^"]*"$`),
		"syslog_rfc3164":  regexp.MustCompile(`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+: .+$`),
		"json":            regexp.MustCompile(`^\{"ts":\d.*\}$`),
	}
	for format, form := range forms {
		lines := Lines(format)
		if len(lines) < 150 {
			t.Errorf("%s: %d lines", format, len(lines))
		}
		for i, line := range lines {
			if !form.Match(line) || !utf8.Valid(line) {
				t.Errorf("%s, line %d: not in its form: %s", format, i+1, line)
			}
		}
	}
	if got := Lines("xml"); got != nil {
		t.Errorf("%d lines of a format there is none of", len(got))
	}
}

// The fields the README promises of every JSON line.
func TestJSONFields(t *testing.T) {
	for i, line := range Lines("json") {
		var v struct {
			TS       *float64 `json:"ts"`
			UID      *string  `json:"uid"`
			OrigHost *string  `json:"id.orig_h"`
			OrigPort *int     `json:"id.orig_p"`
			RespHost *string  `json:"id.resp_h"`
			RespPort *int     `json:"id.resp_p"`
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if v.TS == nil || v.UID == nil || v.OrigHost == nil || v.OrigPort == nil || v.RespHost == nil || v.RespPort == nil {
			t.Errorf("line %d lacks a field: %s", i+1, line)
		}
	}
}

// Embedded data is part of every binary.
func TestSize(t *testing.T) {
	sizes := func(names ...string) (total int64) {
		for _, name := range names {
			f, err := data.Open("data/" + name)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			total += info.Size()
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return total
	}
	if n := sizes("volumes.csv", "sources.csv"); n > 100_000 {
		t.Errorf("volumes take %d bytes", n)
	}
	if n := sizes("access_combined.log", "syslog_rfc3164.log", "json.log"); n > 150_000 {
		t.Errorf("lines take %d bytes", n)
	}
}

func TestAssembleRefuses(t *testing.T) {
	whole := func() [][]string {
		table := [][]string{{"hour", "a"}}
		for h := range Hours {
			table = append(table, []string{strconv.Itoa(h), "1"})
		}
		return table
	}
	sources := [][]string{{"feed", "source", "licence"}, {"a", "s", "MIT"}}
	odd := whole()
	odd[8][1] = "x"
	for want, c := range map[string][2][][]string{
		"503 hours":              {whole()[:Hours], sources},
		`volumes of "a", hour 7`: {odd, sources},
		`nothing on feed "a"`:    {whole(), sources[:1]},
		"no column source":       {whole(), {{"feed"}}},
	} {
		if _, err := assemble(c[0], c[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
	if all, err := assemble(whole(), sources); err != nil || len(all) != 1 || sum(all[0].Hours) != Hours {
		t.Errorf("%v, error %v", all, err)
	}
}
