package processortest

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// Forecaster tests that a forecast keeps the contract of [feedgauge.Model]:
//
//   - the same calls give the same answers and the same memory;
//   - to forecast changes nothing, and models do not touch each other;
//   - Append adds behind what it is given, and a model that is saved and loaded
//     at any point goes on as if nothing had happened, whatever the loading one
//     had learnt before;
//   - Load refuses what Append did not write, and leaves the model as new; what
//     it takes, damaged or not, keeps the next clause;
//   - once ready, all numbers are finite and lower <= expected <= upper;
//   - memory is bounded.
//
// newForecaster returns a forecaster as the configuration builds it, a new one
// at each call.
func Forecaster(t TB, newForecaster func() feedgauge.Forecaster) {
	t.Helper()
	fresh := func() feedgauge.Model { return newForecaster().New() }
	attempt(t, "loading foreign bytes", func() { refuses(t, fresh) })
	attempt(t, "learning for long", func() { bounded(t, fresh()) })
	rapid.Check(t, func(t *rapid.T) {
		calls := history(t)
		attempt(t, "replaying", func() { replays(t, newForecaster(), fresh, calls) })
		attempt(t, "saving and loading", func() { survives(t, fresh, calls) })
		attempt(t, "loading damaged bytes", func() { withstands(t, fresh, calls) })
	})
}

// call is one window in the life of a model.
type call struct {
	window feedgauge.Window
	do     func(m feedgauge.Model)
}

// history draws what a feed may look like: counts from none to huge, steady or
// wild, with windows that are not learnt and levels that are accepted.
func history(t *rapid.T) []call {
	every := rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "every")
	w := feedgauge.WindowOf(feedgauge.Instant(rapid.Int64Range(-1<<40, 1<<42).Draw(t, "start")), every)
	top := rapid.SampledFrom([]int64{1, 1000, 1 << 50}).Draw(t, "top")
	calls := make([]call, rapid.IntRange(1, 60).Draw(t, "windows"))
	for i := range calls {
		at, v := w, float64(rapid.Int64Range(0, top).Draw(t, "value"))
		calls[i] = call{window: at}
		switch rapid.IntRange(0, 9).Draw(t, "call") {
		case 0: // an anomaly, not learnt
			calls[i].do = func(feedgauge.Model) {}
		case 1:
			calls[i].do = func(m feedgauge.Model) { m.Accept(at, v) }
		default:
			calls[i].do = func(m feedgauge.Model) { m.Learn(at, v) }
		}
		w = w.Next()
	}
	return calls
}

// replays runs the same calls on three models: one is asked for a forecast once
// a window, one often, and a third, of the first's maker, stands by.
func replays(t TB, maker feedgauge.Forecaster, fresh func() feedgauge.Model, calls []call) {
	t.Helper()
	a, bystander, b := maker.New(), maker.New(), fresh()
	unlearnt := bystander.Append(nil)
	for _, c := range calls {
		want := a.Expect(c.window)
		sane(t, want)
		for range 2 {
			b.Expect(c.window.Next())
			if got := b.Expect(c.window); !identical(got, want) {
				t.Fatalf("the same calls forecast %+v, then %+v", want, got)
			}
		}
		c.do(a)
		c.do(b)
	}
	if !bytes.Equal(a.Append(nil), b.Append(nil)) {
		t.Fatalf("the same calls leave different memories: forecasting has side effects, or they are not all")
	}
	if !bytes.Equal(bystander.Append(nil), unlearnt) {
		t.Fatalf("a model changed while another one learnt")
	}
}

// survives moves a model at each cut into another one.
func survives(t TB, fresh func() feedgauge.Model, calls []call) {
	t.Helper()
	const before = "what was there"
	whole := fresh()
	moved := fresh()
	for _, c := range calls {
		saved := moved.Append([]byte(before))
		if !bytes.HasPrefix(saved, []byte(before)) {
			t.Fatalf("Append changed what was there before")
		}
		saved = saved[len(before):]
		next := fresh()
		c.do(next) // loading replaces all of it
		if err := next.Load(slices.Clone(saved)); err != nil {
			t.Fatalf("Load refuses what Append wrote, %x: %v", saved, err)
		}
		moved = next
		if got, want := moved.Expect(c.window), whole.Expect(c.window); !identical(got, want) {
			t.Fatalf("after a restart it forecasts %+v, without %+v", got, want)
		}
		c.do(whole)
		c.do(moved)
	}
	if got, want := moved.Append(nil), whole.Append(nil); !bytes.Equal(got, want) {
		t.Fatalf("after restarts its memory is %x, without %x", got, want)
	}
}

// refuses loads what no version of any model wrote.
func refuses(t TB, fresh func() feedgauge.Model) {
	t.Helper()
	for _, b := range [][]byte{nil, {}, []byte("garbage"), bytes.Repeat([]byte{0xff}, 200), make([]byte, 4096)} {
		if m := fresh(); m.Load(b) == nil {
			t.Fatalf("Load takes %s", brief(b))
		}
	}
	saved := fresh().Append(nil)
	if len(saved) == 0 {
		t.Fatalf("Append writes nothing, not even a version")
	}
}

// withstands loads a memory that was cut, lengthened or changed.
func withstands(t *rapid.T, fresh func() feedgauge.Model, calls []call) {
	m := fresh()
	for _, c := range calls {
		c.do(m)
	}
	saved, unlearnt := m.Append(nil), fresh().Append(nil)
	for n := range saved {
		mustRefuse(t, m, saved[:n], unlearnt)
	}
	mustRefuse(t, m, append(slices.Clone(saved), 0), unlearnt)
	changed := slices.Clone(saved)
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		changed[rapid.IntRange(0, len(changed)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
	}
	loadDamaged(t, fresh, changed, calls)
	at := rapid.IntRange(0, max(0, len(saved)-8)).Draw(t, "number at")
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, math.MaxFloat64} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			changed := slices.Clone(saved)
			copy(changed[at:], order.AppendUint64(nil, math.Float64bits(x)))
			loadDamaged(t, fresh, changed, calls)
		}
	}
}

// loadDamaged loads b, which may be a memory or not. A model that takes it must
// forecast with it.
func loadDamaged(t TB, fresh func() feedgauge.Model, b []byte, calls []call) {
	t.Helper()
	m := fresh()
	if m.Load(slices.Clone(b)) != nil {
		if !bytes.Equal(m.Append(nil), fresh().Append(nil)) {
			t.Fatalf("Load refuses %x and leaves the model not as new", b)
		}
		return
	}
	for _, c := range calls {
		sane(t, m.Expect(c.window))
		c.do(m)
	}
}

func mustRefuse(t TB, m feedgauge.Model, b, unlearnt []byte) {
	t.Helper()
	if m.Load(slices.Clone(b)) == nil {
		t.Fatalf("Load takes %x, which is not as long as what Append wrote", b)
	}
	if got := m.Append(nil); !bytes.Equal(got, unlearnt) {
		t.Fatalf("Load refuses %x and leaves the model not as new: %x", b, got)
	}
}

// bounded learns a year of hours and more, and compares the memory at half of
// it with that at the end. Encodings of variable length may differ a little.
func bounded(t TB, m feedgauge.Model) {
	t.Helper()
	const half = 1 << 15
	w := feedgauge.WindowOf(0, time.Minute)
	learn := func() int {
		for i := range half {
			m.Learn(w, float64(i%1440*7))
			w = w.Next()
		}
		sane(t, m.Expect(w))
		return len(m.Append(nil))
	}
	first := learn()
	if second := learn(); second > first+first/20+64 {
		t.Fatalf("the memory grows without end: %d bytes after %d windows, %d after twice as many", first, half, second)
	}
}

// sane checks a forecast that may be used.
func sane(t TB, f feedgauge.Forecast) {
	t.Helper()
	if !f.Ready {
		return
	}
	for _, x := range []float64{f.Expected, f.Lower, f.Upper, f.Score} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("not all numbers are finite: %+v", f)
		}
	}
	if f.Lower > f.Expected || f.Expected > f.Upper {
		t.Fatalf("not lower <= expected <= upper: %+v", f)
	}
}

// identical compares bit for bit, as what is made of a forecast is compared.
func identical(a, b feedgauge.Forecast) bool {
	bits := math.Float64bits
	return a.Ready == b.Ready && bits(a.Expected) == bits(b.Expected) && bits(a.Lower) == bits(b.Lower) &&
		bits(a.Upper) == bits(b.Upper) && bits(a.Score) == bits(b.Score)
}
