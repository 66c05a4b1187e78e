package ocsf

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestSummarize(t *testing.T) {
	s := ended(episode())
	got, err := Summarize(encode(t, s))
	if err != nil {
		t.Fatal(err)
	}
	want := Summary{
		UID: s.UID, Sequence: 3, Activity: feedgauge.Close, Tenant: "main", Feed: "web-03", Rule: "silent",
		Status: feedgauge.OK, Severity: feedgauge.High, Message: s.Message, Time: s.At,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSummarizeRefuses(t *testing.T) {
	good := string(encode(t, episode()))
	for name, c := range map[string]struct{ value, want string }{
		"not json":      {"hello", "read alert: invalid character"},
		"cut":           {good[:len(good)/2], "unexpected end"},
		"nothing":       {"", "unexpected end"},
		"another class": {strings.Replace(good, `"class_uid":2004`, `"class_uid":2001`, 1), "class_uid is 2001"},
		"foreign":       {`{"class_uid":2004,"finding_info":{"uid":"x"}}`, `read alert "x": no unmapped.feedgauge`},
		"newer schema":  {strings.Replace(good, `"schema":1`, `"schema":2`, 1), "of schema 1 to 1"},
	} {
		_, err := Summarize([]byte(c.value))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// No input makes Summarize panic, and what it takes is of our class.
func FuzzSummarize(f *testing.F) {
	all := steps()
	maps.Copy(all, told())
	for _, s := range all {
		b, err := Encode(nil, &s, options)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	schema, err := os.ReadFile("testdata/detection_finding-1.8.0.schema.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(schema[:200])
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Summarize(b)
		if err != nil && s != (Summary{}) {
			t.Errorf("error %v, yet a summary %+v", err, s)
		}
	})
}
