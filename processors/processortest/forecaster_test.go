package processortest

import (
	"encoding/binary"
	"errors"
	"flag"
	"math"
	"os"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// TestMain keeps rapid from writing down how models fail that are meant to.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// last is a model that keeps the contract: it expects what came last. The
// functions, where set, break one clause.
type last struct {
	v      float64
	seen   bool
	expect func(l *last, f feedgauge.Forecast) feedgauge.Forecast
	append func(l *last, b []byte) []byte
	load   func(l *last, b []byte) error
	grown  []byte
	grows  bool
}

func (l *last) Expect(feedgauge.Window) feedgauge.Forecast {
	f := feedgauge.Forecast{Expected: l.v, Lower: l.v, Upper: l.v, Ready: l.seen}
	if l.expect != nil {
		return l.expect(l, f)
	}
	return f
}

func (l *last) Learn(_ feedgauge.Window, v float64) {
	l.v, l.seen = v, true
	if l.grows {
		l.grown = append(l.grown, 1)
	}
}

func (l *last) Accept(w feedgauge.Window, v float64) { l.Learn(w, v) }

func (l *last) Append(b []byte) []byte {
	if l.append != nil {
		return l.append(l, b)
	}
	seen := byte(0)
	if l.seen {
		seen = 1
	}
	b = binary.LittleEndian.AppendUint64(append(b, 1, seen), math.Float64bits(l.v))
	return append(b, l.grown...)
}

func (l *last) Load(b []byte) error {
	if l.load != nil {
		return l.load(l, b)
	}
	l.v, l.seen = 0, false
	if len(b) < 10 || !l.grows && len(b) != 10 || b[0] != 1 || b[1] > 1 {
		return errors.New("not the last value")
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(b[2:]))
	if !(v >= 0 && v <= math.MaxFloat64) {
		return errors.New("not a count")
	}
	l.v, l.seen = v, b[1] == 1
	return nil
}

// makes is a forecaster made of a function.
type makes func() feedgauge.Model

func (m makes) New() feedgauge.Model { return m() }

func forecaster(change func(l *last)) func() feedgauge.Forecaster {
	return func() feedgauge.Forecaster {
		return makes(func() feedgauge.Model {
			l := &last{}
			change(l)
			return l
		})
	}
}

func TestForecasterPasses(t *testing.T) {
	t.Parallel()
	Forecaster(t, forecaster(func(*last) {}))
}

// TestForecasterFinds breaks each clause of the contract.
func TestForecasterFinds(t *testing.T) {
	t.Parallel()
	calls := 0.0
	proper := &last{}
	for name, tt := range map[string]struct {
		want string
		new  func() feedgauge.Forecaster
	}{
		"answers that differ": {"the same calls forecast", forecaster(func(l *last) {
			l.expect = func(_ *last, f feedgauge.Forecast) feedgauge.Forecast {
				calls++
				f.Score = calls
				return f
			}
		})},
		"forecasting that changes": {"different memories", forecaster(func(l *last) {
			l.expect = func(l *last, f feedgauge.Forecast) feedgauge.Forecast {
				l.grown = append(l.grown, 1)
				return f
			}
		})},
		"models that share": {"a model changed while another one learnt", func() feedgauge.Forecaster {
			one := &last{}
			return makes(func() feedgauge.Model { return one })
		}},
		"prefix overwritten": {"what was there before", forecaster(func(l *last) {
			l.append = func(l *last, b []byte) []byte { return proper.Append(b[:0]) }
		})},
		"half of the memory": {"after a restart it forecasts", forecaster(func(l *last) {
			l.append = func(l *last, b []byte) []byte { return (&last{seen: l.seen}).Append(b) }
		})},
		"own memory refused": {"Load refuses what Append wrote", forecaster(func(l *last) {
			l.load = func(*last, []byte) error { return errors.New("no") }
		})},
		"anything loaded": {"Load takes", forecaster(func(l *last) {
			l.load = func(l *last, b []byte) error { _ = (&last{}).Load(b); return nil }
		})},
		"no version": {"not even a version", forecaster(func(l *last) {
			l.append = func(_ *last, b []byte) []byte { return b }
		})},
		"left behind": {"not as new", forecaster(func(l *last) {
			l.load = func(l *last, b []byte) error {
				n := &last{}
				if err := n.Load(b); err != nil {
					return err // l keeps what it had
				}
				l.v, l.seen = n.v, n.seen
				return nil
			}
		})},
		"not a number loaded": {"finite", forecaster(func(l *last) {
			l.load = func(l *last, b []byte) error {
				n := &last{}
				if err := n.Load(b); err != nil && (len(b) != 10 || b[0] != 1 || b[1] > 1) {
					l.v, l.seen = 0, false
					return err
				}
				l.v, l.seen = math.Float64frombits(binary.LittleEndian.Uint64(b[2:])), b[1] == 1
				return nil
			}
		})},
		"infinite": {"finite", forecaster(func(l *last) {
			l.expect = func(_ *last, f feedgauge.Forecast) feedgauge.Forecast { f.Upper = math.Inf(1); return f }
		})},
		"bounds turned": {"lower <= expected <= upper", forecaster(func(l *last) {
			l.expect = func(_ *last, f feedgauge.Forecast) feedgauge.Forecast { f.Lower = f.Upper + 1; return f }
		})},
		"unbounded": {"grows without end", forecaster(func(l *last) { l.grows = true })},
		"panic": {"panic: ", forecaster(func(l *last) {
			l.load = func(l *last, b []byte) error { _ = b[0]; return (&last{}).Load(b) }
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, tt.want, func(t TB) { Forecaster(t, tt.new) })
		})
	}
}
