package naming

import (
	"errors"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func sample() *feedgauge.Record {
	return &feedgauge.Record{
		Topic: "raw", Key: []byte("k1"),
		Value: []byte(`{"n":17,"host":{"name":"web-01","esc":"w\u00e9b","none":null,"on":true,"sub":{}},"id.orig":"z"}`),
		Headers: []feedgauge.Header{
			{Key: "empty"}, {Key: "feed", Value: []byte("h1")}, {Key: "feed", Value: []byte("h2")},
			{Key: "ctl", Value: []byte("a\nb")}, {Key: "long", Value: []byte(strings.Repeat("x", 10<<10))},
			{Key: "bytes", Value: []byte("\xff\xfe")}, {Key: "max", Value: []byte(strings.Repeat("x", 255))},
		},
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct {
		name         string
		feed, tenant []string
		want         string
		reason       feedgauge.Reason
	}{
		{"header", []string{"header:feed"}, nil, "main/h1", ""},
		{"header names are exact", []string{"header:Feed"}, nil, "", feedgauge.NoFeed},
		{"empty header yields nothing", []string{"header:empty", "key"}, nil, "main/k1", ""},
		{"key", []string{"key"}, nil, "main/k1", ""},
		{"topic", []string{"topic"}, nil, "main/raw", ""},
		{"const", []string{"const:a:b c"}, nil, "main/a:b c", ""},
		{"json string", []string{"json:host.name"}, nil, "main/web-01", ""},
		{"json number", []string{"json:n"}, nil, "main/17", ""},
		{"json escapes", []string{"json:host.esc"}, nil, "main/wéb", ""},
		{"json dotted key", []string{"json:id.orig"}, nil, "main/z", ""},
		{"json null, bool, object", []string{"json:host.none", "json:host.on", "json:host.sub", "json:nope"}, nil, "", feedgauge.NoFeed},
		{"first that yields", []string{"header:nope", "json:nope", "json:n", "key"}, nil, "main/17", ""},
		{"nothing", []string{"header:nope"}, []string{"const:t"}, "", feedgauge.NoFeed},
		{"tenant", []string{"key"}, []string{"header:nope", "header:feed"}, "h1/k1", ""},
		{"tenant falls back", []string{"key"}, []string{"header:nope"}, "main/k1", ""},
		{"two json accessors", []string{"json:host.esc"}, []string{"json:host.esc"}, "wéb/wéb", ""},
		{"255 bytes", []string{"header:max"}, nil, "main/" + strings.Repeat("x", 255), ""},
		{"10 KB", []string{"header:long"}, nil, "", feedgauge.BadName},
		{"control character", []string{"header:ctl"}, nil, "", feedgauge.BadName},
		{"bad UTF-8", []string{"header:bytes"}, nil, "", feedgauge.BadName},
		{"a bad name is not skipped", []string{"header:ctl", "key"}, nil, "", feedgauge.BadName},
		{"bad tenant", []string{"key"}, []string{"header:ctl"}, "", feedgauge.BadName},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := New(c.feed, c.tenant)
			if err != nil {
				t.Fatal(err)
			}
			tenant, name, reason := n.Name(sample())
			got := ""
			if reason == "" {
				got = string(tenant) + "/" + string(name)
			}
			if got != c.want || reason != c.reason {
				t.Errorf("got %q, reason %q; want %q, %q", got, reason, c.want, c.reason)
			}
		})
	}
}

func TestNameOfOddRecords(t *testing.T) {
	n, err := New([]string{"json:a", "header:a", "key"}, []string{"json:t"})
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]feedgauge.Reason{
		"": feedgauge.NoFeed, "null": feedgauge.NoFeed, "[1]": feedgauge.NoFeed, "{": feedgauge.NoFeed,
		`{"a":"x`: feedgauge.NoFeed, `{"a":"\u0000"}`: feedgauge.BadName, "{\"a\":\"\xff\"}": feedgauge.BadName,
		`{"a":""}`: feedgauge.NoFeed, "\ufeff\n{\"a\":\"x\" rest": "",
	} {
		if _, _, got := n.Name(&feedgauge.Record{Value: []byte(value)}); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
	if _, _, got := n.Name(&feedgauge.Record{}); got != feedgauge.NoFeed {
		t.Errorf("nil record: got %q", got)
	}
}

func TestTopicFollowsTheRecord(t *testing.T) {
	n, err := New([]string{"topic"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"a", "bb", "", "a"} {
		_, name, reason := n.Name(&feedgauge.Record{Topic: topic})
		if string(name) != topic || (reason == "") != (topic != "") {
			t.Errorf("topic %q: got %q, reason %q", topic, name, reason)
		}
	}
}

func TestNewReportsEveryMistake(t *testing.T) {
	_, err := New(
		[]string{"headr:feed", "header:", "json:", "json:a..b", "key", "keys", "key:x", "topic:"},
		[]string{"const:", "const:a\tb", "HEADER:x", "elephant", ""},
	)
	var got []feedgauge.FieldError
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var f *feedgauge.FieldError
		if !errors.As(e, &f) {
			t.Fatalf("%v is no FieldError", e)
		}
		got = append(got, *f)
	}
	const general = "accessors are header:NAME, json:a.b.c, key, topic and const:TEXT"
	want := []feedgauge.FieldError{
		{Field: "feed", Index: 0, Msg: `"headr:feed" is no accessor`, Hint: `did you mean "header:"?`},
		{Field: "feed", Index: 1, Offset: 7, Msg: "the header has no name", Hint: "for example header:feed"},
		{Field: "feed", Index: 2, Offset: 5, Msg: "the path is empty", Hint: "for example json:host.name"},
		{Field: "feed", Index: 3, Offset: 7, Msg: "a part of the path is empty", Hint: "for example json:host.name"},
		{Field: "feed", Index: 5, Msg: `"keys" is no accessor`, Hint: `did you mean "key"?`},
		{Field: "feed", Index: 6, Msg: `"key:x" is no accessor`, Hint: `did you mean "key"?`},
		{Field: "feed", Index: 7, Msg: `"topic:" is no accessor`, Hint: `did you mean "topic"?`},
		{Field: "tenant", Index: 0, Offset: 6, Msg: "a name has 1 to 255 bytes of UTF-8 without control characters", Hint: "for example const:main"},
		{Field: "tenant", Index: 1, Offset: 6, Msg: "a name has 1 to 255 bytes of UTF-8 without control characters", Hint: "for example const:main"},
		{Field: "tenant", Index: 2, Msg: `"HEADER:x" is no accessor`, Hint: `did you mean "header:"?`},
		{Field: "tenant", Index: 3, Msg: `"elephant" is no accessor`, Hint: general},
		{Field: "tenant", Index: 4, Msg: `"" is no accessor`, Hint: general},
	}
	if len(got) != len(want) {
		t.Fatalf("%d mistakes, want %d: %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
}

func TestNewNeedsAFeed(t *testing.T) {
	var f *feedgauge.FieldError
	if _, err := New(nil, nil); !errors.As(err, &f) || f.Field != "feed" {
		t.Errorf("got %v", err)
	}
}

// everyKind makes each kind of accessor run on sample.
var everyKind = []string{"header:nope", "json:nope", "json:host.none", "json:host.esc"}

func TestNameDoesNotAllocate(t *testing.T) {
	n, err := New(everyKind, []string{"header:nope", "topic"})
	if err != nil {
		t.Fatal(err)
	}
	r := sample()
	if a := testing.AllocsPerRun(100, func() { n.Name(r) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func BenchmarkName(b *testing.B) {
	for _, expr := range []string{"header:feed", "key", "topic", "json:host.name", "json:nope"} {
		b.Run(expr, func(b *testing.B) {
			n, err := New([]string{expr, "const:x"}, nil)
			if err != nil {
				b.Fatal(err)
			}
			r := sample()
			b.ReportAllocs()
			for b.Loop() {
				n.Name(r)
			}
		})
	}
}

// FuzzName holds that whatever a record is like, a name that is returned is a
// good one and the answer is the same when asked again.
func FuzzName(f *testing.F) {
	f.Add([]byte(`{"a":{"b":"x"}}`), []byte("k"), "topic")
	f.Add([]byte("{\"a.b\":\"\\u0000\xff\"}"), []byte(nil), "")
	f.Add([]byte(`{"a":{"b":[`), []byte("\x00"), "t")
	n, err := New([]string{"json:a.b", "key"}, []string{"json:t", "topic"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value, key []byte, topic string) {
		r := &feedgauge.Record{Value: value, Key: key, Topic: topic}
		tenant, name, reason := n.Name(r)
		if (reason == "") != (feedgauge.GoodName(tenant) && feedgauge.GoodName(name)) {
			t.Fatalf("got %q, %q, reason %q", tenant, name, reason)
		}
		before := string(tenant) + "/" + string(name)
		tenant, name, again := n.Name(r)
		if again != reason || before != string(tenant)+"/"+string(name) {
			t.Fatal("the answer changed")
		}
	})
}
