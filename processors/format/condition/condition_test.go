package condition

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func event() *feedgauge.Event {
	f := func(name, value string, kind feedgauge.ValueKind) feedgauge.Field {
		return feedgauge.Field{Name: []byte(name), Value: []byte(value), Kind: kind}
	}
	return &feedgauge.Event{Fields: []feedgauge.Field{
		f("status", "404", feedgauge.Text), f("id.orig_h", "192.0.2.1", feedgauge.Text), f("zip", "0123", feedgauge.Text), f("user", "-", feedgauge.Text),
		f("src", `{"ip":"::1"}`, feedgauge.Object), f("src.ip", "::1", feedgauge.String), f("n", "12", feedgauge.String), f("x", "1.5", feedgauge.Decimal),
		f("big", "99999999999999999999", feedgauge.Integer), f("ok", "true", feedgauge.Bool), f("path", "/a b", feedgauge.Text), f("none", "null", feedgauge.Null),
	}}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]bool{
		"event.status in [200, 404]": true, "event.status >= 500": false, "event.status == 404.0": true,
		`event.id.orig_h == "192.0.2.1"`: true, `event["id.orig_h"].startsWith("192.")`: true, `event.src.ip == "::1"`: true,
		`event.zip == "0123"`: true, `event.n == "12"`: true, "event.x > 1": true, "event.big > 1": true, "event.ok": true,
		"has(event.user)": false, "has(event.status)": true, "has(event.none)": false, "!has(event.elephant)": true,
		"event.user == 'x'": false, "event.elephant == 1": false, "event.status == 'x' || event.x == 1.5": true,
		`event.path.matches("^/[a-z ]+$")`: true, "event.status + 1 == 405": true, "event.status": false, `event.path.size() == 4`: true,
	} {
		c, err := New(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		for range 2 {
			if got := c.Holds(event()); got != want {
				t.Errorf("%s: %v", src, got)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"event.status >": "Syntax error", "evnt.status == 1": "undeclared reference", "1 + 1": "it is no condition",
		`event.a.matches("(a|b|c|d|e){500}x")`: "steps, more than 1000", "event.a.matches(event.b)": "must be written out", `event.a.matches("(")`: "invalid matches argument",
		strings.Repeat("!", 20_000) + "true": "exceeds limit",
	} {
		if _, err := New(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", src, err, want)
		}
	}
}
