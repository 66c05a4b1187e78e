// Package sinktest holds the contract of sinks as a test. Whoever writes a sink
// calls it from a test of their own; the built-in ones are held to the same.
//
//	func TestContract(t *testing.T) {
//		sinktest.Sink(t, func() feedgauge.Sink { return open(t.TempDir()) }, nil)
//	}
package sinktest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// TB is what the contract needs of a test: [testing.T] has it.
type TB = rapid.TB

// Sink tests that a sink keeps the contract of [feedgauge.Sink]:
//
//   - it takes no alerts, one, or many, live and historical ones, and the same
//     ones again, since the engine repeats what it is not sure of;
//   - it takes alerts it cannot read: one that it refused would come back for
//     ever and hold up those behind it;
//   - it neither modifies alerts nor keeps their memory, which is used again;
//   - with a context that is done, Write returns, with an error or without;
//   - Close may be called twice, since an engine that fails half way closes what
//     it has closed before.
//
// open returns a sink whose destination works, a new one at each call. Samples
// are alerts as the destination expects them; nil is enough for most.
func Sink(t TB, open func() feedgauge.Sink, samples []feedgauge.Alert) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := open()
	for _, batch := range batches(samples) {
		for _, again := range []string{"", ", again"} {
			attempt(t, batch.what+again, func() { write(ctx, t, s, batch, again) })
		}
	}
	cancel()
	attempt(t, "writing after the end", func() { _ = s.Write(ctx, odd()) })
	twice(t, "one that was written to", s)

	fresh := open()
	attempt(t, "a first write after the end", func() { _ = fresh.Write(ctx, odd()) })
	twice(t, "one that was never written to", fresh)
}

func write(ctx context.Context, t TB, s feedgauge.Sink, b batch, again string) {
	t.Helper()
	given := copied(b.alerts)
	if err := s.Write(ctx, given); err != nil {
		t.Fatalf("writing %s%s: %v", b.what, again, err)
	}
	if !slices.EqualFunc(given, b.alerts, same) {
		t.Fatalf("writing %s%s modified them", b.what, again)
	}
	for i := range given { // as the memory of the next poll would be
		clear(given[i].Value)
	}
}

// twice closes s two times.
func twice(t TB, which string, s feedgauge.Sink) {
	t.Helper()
	for _, nth := range []string{"", " again"} {
		attempt(t, "closing "+which+nth, func() {
			if err := s.Close(); err != nil {
				t.Fatalf("closing %s%s: %v", which, nth, err)
			}
		})
	}
}

// batch is one call of Write.
type batch struct {
	what   string
	alerts []feedgauge.Alert
}

func batches(samples []feedgauge.Alert) []batch {
	all := []batch{{"no alerts (nil)", nil}, {"no alerts", []feedgauge.Alert{}}}
	for i := range odd() {
		all = append(all, batch{fmt.Sprintf("an odd alert %.40q", odd()[i].Value), odd()[i : i+1]})
	}
	if len(samples) > 0 {
		all = append(all, batch{"the samples", samples})
	}
	var many []feedgauge.Alert
	for range 100 {
		many = append(many, odd()...)
		many = append(many, samples...)
	}
	return append(all, batch{"many alerts", many})
}

// odd are alerts that destinations tend to trip over: not JSON, not an event
// they know, with bytes that are no text, or long.
func odd() []feedgauge.Alert {
	alert := func(key, value string, live bool) feedgauge.Alert {
		return feedgauge.Alert{Key: key, Value: []byte(value), Time: 1_795_590_000_000, Live: live}
	}
	return []feedgauge.Alert{
		alert("main/web-01/silent/2026-11-25T07:00:00Z", `{}`, true),
		alert("main/web-01/silent/2026-11-25T07:00:00Z", `{"class_uid":2004}`, false),
		alert("a%2Fb/日本/x y/before", `"a string"`, true),
		alert("", "not JSON\n\r\x00\x1b[2J\xff", true),
		alert("k", "", false),
		{Key: "k", Time: feedgauge.Before, Live: true},
		alert(strings.Repeat("k", 1000), `{"message":"`+strings.Repeat("é", 1<<16)+`"}`, true),
	}
}

func copied(alerts []feedgauge.Alert) []feedgauge.Alert {
	out := slices.Clone(alerts)
	for i := range out {
		out[i].Value = bytes.Clone(out[i].Value)
	}
	return out
}

func same(a, b feedgauge.Alert) bool {
	return a.Key == b.Key && a.Time == b.Time && a.Live == b.Live &&
		bytes.Equal(a.Value, b.Value) && (a.Value == nil) == (b.Value == nil)
}

// attempt runs f and reports a panic as a failure that names what was done.
func attempt(t TB, what string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if p := recover(); p != nil {
			t.Fatalf("%s: panic: %v", what, p)
		}
	}()
	f()
}
