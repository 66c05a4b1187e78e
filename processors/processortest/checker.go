package processortest

import (
	"bytes"
	"slices"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// Checker tests that a format keeps the contract of [feedgauge.Checker]:
//
//   - a verdict depends on the record alone, not on what was checked before;
//   - a record is neither modified nor remembered: its memory is used again for
//     the next one;
//   - the reason is empty or one of those a format may give, lines are not
//     negative, and a record without a value is no record in good form;
//   - no bytes make it panic, be they none, not UTF-8, or a line of 1 MiB.
//
// newChecker returns a checker as the configuration builds it, a new one at each
// call. Samples are values that reach far into the format, good and bad ones;
// they are also cut, joined and damaged.
func Checker(t TB, newChecker func() feedgauge.Checker, samples [][]byte) {
	t.Helper()
	values := append(oddValues(), samples...)
	for _, s := range samples {
		values = append(values, cuts(s)...)
		values = append(values, longLine(s), bytes.Repeat(append(slices.Clone(s), '\n'), 3))
	}
	c := &checks{newChecker: newChecker, worn: newChecker()}
	for _, v := range values {
		c.check(t, v)
	}
	for _, v := range slices.Backward(values) { // in another order, with all of them before
		if len(v) < mib/2 {
			c.check(t, v)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			c.check(t, damaged(t, samples))
		}
	})
}

// checks holds a checker that has seen everything so far, which is compared
// with ones that have seen nothing.
type checks struct {
	newChecker func() feedgauge.Checker
	worn       feedgauge.Checker
	memory     []byte // where values lie one after the other, as in the buffer of a source
}

func (c *checks) check(t TB, value []byte) {
	t.Helper()
	want := verdict(t, c.newChecker(), record(place(nil, value)))
	known(t, value, want)
	placed := place(c.memory, value)
	if placed != nil {
		c.memory = placed
	}
	for range 2 {
		if got := verdict(t, c.worn, record(placed)); got != want {
			t.Fatalf("%s: a new checker says %+v, one that has seen others says %+v", brief(value), want, got)
		}
	}
}

// neighbour lies behind each value, as the next record's does.
const neighbour = "neighbour"

// place returns value in memory that is used again, with a neighbour behind it.
func place(memory, value []byte) []byte {
	if value == nil {
		return nil
	}
	return append(append(memory[:0], value...), neighbour...)[:len(value)]
}

// verdict checks r and makes sure that nothing was written to.
func verdict(t TB, c feedgauge.Checker, r *feedgauge.Record) feedgauge.Verdict {
	t.Helper()
	what, before := brief(r.Value), copied(r)
	value := r.Value
	var v feedgauge.Verdict
	attempt(t, "checking "+what, func() { v = c.Check(r) })
	if !same(r, before) {
		t.Fatalf("%s: the record was modified", what)
	}
	if behind := value[len(value):cap(value)]; value != nil && !bytes.HasPrefix(behind, []byte(neighbour)) {
		t.Fatalf("%s: the memory behind the value was written to", what)
	}
	return v
}

func known(t TB, value []byte, v feedgauge.Verdict) {
	t.Helper()
	switch {
	case v.Reason != "" && !slices.Contains(feedgauge.FormatReasons(), v.Reason):
		t.Fatalf("%s: reason %q is none a format may give", brief(value), v.Reason)
	case v.Lines < 0:
		t.Fatalf("%s: %d lines", brief(value), v.Lines)
	case value == nil && v.Reason == "":
		t.Fatalf("a record without a value is in good form, want %q", feedgauge.NullValue)
	}
}

// record is a record with value and something in each of its other slices.
func record(value []byte) *feedgauge.Record {
	return &feedgauge.Record{
		Topic: "topic", Partition: 1, Offset: 7, Key: []byte("key"), Value: value,
		Headers: []feedgauge.Header{{Key: "feed", Value: []byte("name")}, {Key: "empty"}},
		Time:    1_795_590_000_000,
	}
}

func copied(r *feedgauge.Record) *feedgauge.Record {
	c := *r
	c.Key, c.Value = bytes.Clone(r.Key), bytes.Clone(r.Value)
	c.Headers = slices.Clone(r.Headers)
	for i := range c.Headers {
		c.Headers[i].Value = bytes.Clone(r.Headers[i].Value)
	}
	return &c
}

func same(a, b *feedgauge.Record) bool {
	return a.Topic == b.Topic && a.Partition == b.Partition && a.Offset == b.Offset &&
		a.Time == b.Time && a.Stamp == b.Stamp && a.Control == b.Control &&
		alike(a.Key, b.Key) && alike(a.Value, b.Value) &&
		slices.EqualFunc(a.Headers, b.Headers, func(x, y feedgauge.Header) bool {
			return x.Key == y.Key && alike(x.Value, y.Value)
		})
}

// alike tells nil from empty, as a record does.
func alike(a, b []byte) bool { return bytes.Equal(a, b) && (a == nil) == (b == nil) }
