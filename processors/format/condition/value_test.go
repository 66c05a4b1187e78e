package condition

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestText(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"event.status": "404", "event.id.orig_h": "192.0.2.1", `event["id.orig_h"]`: "192.0.2.1", "event.src.ip": "::1", `event.src["ip"]`: "::1",
		"event.zip": "0123", "event.ok": "true", "event.path": "/a b", "event.x * 2.0": "3", "event.status + 1": "405", "event.status > 1": "true",
		`event.path + "!"`: "/a b!", "event.user": "<none>", "event.none": "<none>", "event.elephant": "<none>", "event.src": "<none>", `""`: "<none>",
		"event.status + event.path": "<none>", "has(event.elephant)": "false", "size(event.path)": "4", "uint(event.status)": "404",
	} {
		v, err := NewText(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		e := event()
		for range 3 {
			got, ok := v.AppendText([]byte("a "), e)
			if !ok {
				got = append(got, "<none>"...)
			}
			if string(got) != "a "+want {
				t.Errorf("%s: %s", src, got)
			}
			e.Fields = append([]feedgauge.Field{{Name: []byte("first"), Value: []byte("x")}}, e.Fields...)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"event.status": "404 true", "event.x": "1.5 true", "event.n": "0 false", "event.big": "1e+20 true", "event.status / 2": "202 true",
		"event.ok": "0 false", "event.user": "0 false", "event.elephant": "0 false", "uint(event.status)": "404 true", "double(event.status) / 8.0": "50.5 true",
		"size(event.path)": "4 true", "event.path": "0 false",
	} {
		v, err := NewNumber(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		x, ok := v.Number(event())
		if got := fmt.Sprint(x, ok); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestValueRefuses(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"event.status >": "Syntax error", "[1, 2]": "it is no value that can be counted", "{'a': 1}": "it is no value", "evnt.a": "undeclared reference",
	} {
		if _, err := NewText(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
	for _, src := range []string{"'a'", "event.a == 1", "timestamp('2026-01-01T00:00:00Z')"} {
		if _, err := NewNumber(src); err == nil || !strings.Contains(err.Error(), "it is no number") {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for src, want := range map[string][]Name{
		"1 == 1":                        nil,
		"event.status >= 500":           {{"status", 0}},
		"1 < event.a.b && event['c d']": {{"a.b", 4}, {"c d", 17}},
		"has(event.x) ? event.y : 'z'":  {{"x", 4}, {"y", 15}},
		"event.a.startsWith(event.b)":   {{"a", 0}, {"b", 19}},
		"event.a.b['c'].d == 1":         {{"a.b.c.d", 0}},
	} {
		v, err := New(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := v.Names(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
}
