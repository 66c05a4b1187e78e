package measure

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// A sketch and its encoding depend on what was put in, not on how that was dealt
// out, merged, or saved and loaded on the way.
func TestSketchesMergeInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, rapid.SampledFrom([]int{5, 300, 5000}).Draw(t, "of")), 0, 700).Draw(t, "values")
		for _, kind := range []feedgauge.SketchKind{feedgauge.TotalSketch, feedgauge.DistinctSketch} {
			whole := fresh(kind)
			parts := make([]Valued, rapid.IntRange(1, 4).Draw(t, "parts"))
			for i := range parts {
				parts[i] = fresh(kind)
			}
			for _, v := range values {
				put(whole, v)
				put(parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")], v)
			}
			order := rapid.Permutation(parts).Draw(t, "order")
			sum := reload(t, order[0])
			for _, p := range order[1:] {
				before := p.Append(nil)
				sum.Merge(p)
				sum = reload(t, sum)
				if !bytes.Equal(p.Append(nil), before) {
					t.Fatal("what is merged has changed")
				}
			}
			if got, want := sum.Append(nil), whole.Append(nil); !bytes.Equal(got, want) || sum.Value() != whole.Value() {
				t.Fatalf("kind %d: %v in %d bytes, whole %v in %d", kind, sum.Value(), len(got), whole.Value(), len(want))
			}
			if n := len(whole.Append(nil)); n > MaxSize {
				t.Fatalf("kind %d takes %d bytes", kind, n)
			}
		}
	})
}

func fresh(kind feedgauge.SketchKind) Valued {
	if kind == feedgauge.TotalSketch {
		return &Total{}
	}
	return &Distinct{}
}

func put(s Valued, v int) {
	switch s := s.(type) {
	case *Total:
		s.Add(float64(v) / 7)
	case *Distinct:
		s.Add(fmt.Append(nil, v))
	}
}

func reload(t *rapid.T, s Valued) Valued {
	got, err := Decode(s.Kind(), s.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if v := got.(Valued); v.Value() != s.Value() {
		t.Fatalf("loaded as %v, was %v", v.Value(), s.Value())
	}
	return got.Clone().(Valued)
}

func TestDistinct(t *testing.T) {
	t.Parallel()
	var d Distinct
	for i := range 1_000_000 {
		d.Add(fmt.Appendf(nil, "host-%d", i))
		d.Add([]byte("host-0"))
		switch n := float64(i + 1); i + 1 {
		case 1, 50, maxExact:
			if d.Value() != n {
				t.Errorf("of %v it counts %v", n, d.Value())
			}
		case maxExact + 1, 1000, 100_000, 1_000_000:
			if off := math.Abs(d.Value()/n - 1); off > 0.07 { // three standard errors
				t.Errorf("of %v it counts %v", n, d.Value())
			}
		}
	}
}

func TestTotal(t *testing.T) {
	t.Parallel()
	var sum Total
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1} {
		if sum.Add(x) {
			t.Errorf("%v is added", x)
		}
	}
	sum.Add(0.1)
	sum.Add(0.2)
	sum.Count()
	if sum.Value() != 1.3 {
		t.Errorf("it comes to %v", sum.Value())
	}
	for range 3 {
		sum.Add(1e300)
		sum.Merge(&Total{mostParts})
	}
	if got := sum.Value(); math.Abs(got/9.2e15-1) > 0.01 {
		t.Errorf("the largest sum is %v", got)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, kind := range []feedgauge.SketchKind{feedgauge.TotalSketch, feedgauge.DistinctSketch, feedgauge.ProfileSketch} {
		if _, err := Decode(kind, []byte{version + 1, 0}); !errors.Is(err, ErrNewer) {
			t.Errorf("kind %d of a later version: %v", kind, err)
		}
		for _, b := range [][]byte{nil, {0}, {version}, {version, 0x80}, append([]byte{version}, bytes.Repeat([]byte{0xff}, 17)...)} {
			if s, err := Decode(kind, b); err == nil || s != nil {
				t.Errorf("kind %d takes %x", kind, b)
			}
		}
	}
}

// FuzzDecode: what is taken is written the same again, and merges with another.
func FuzzDecode(f *testing.F) {
	var few, many Distinct
	few.Add([]byte("a"))
	for i := range 1000 {
		many.Add(fmt.Append(nil, i))
	}
	for _, s := range []feedgauge.Sketch{&Total{}, &Total{12345}, &Distinct{}, &few, &many} {
		f.Add(uint8(s.Kind()), s.Append(nil))
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		s, err := Decode(feedgauge.SketchKind(kind), b)
		if err != nil {
			return
		}
		if s.Kind() == feedgauge.DistinctSketch && !bytes.Equal(s.Append(nil), b) {
			t.Errorf("%x is written as %x", b, s.Append(nil))
		}
		v := s.(Valued).Value()
		if s.Merge(s.Clone()); v < 0 || math.IsNaN(v) || s.Kind() == feedgauge.DistinctSketch && s.(Valued).Value() != v {
			t.Errorf("%x comes to %v, with itself to %v", b, v, s.(Valued).Value())
		}
	})
}

// TestStored: what lies in the journal today must be readable tomorrow.
func TestStored(t *testing.T) {
	t.Parallel()
	hosts := &Distinct{}
	hosts.Add([]byte("a"))
	hosts.Add([]byte("b"))
	sum := &Total{}
	sum.Add(1.5)
	for want, s := range map[string]Valued{"010078452aa11af39f9bd24ec4f1a98c6e5b": hosts, "01dc0b": sum} {
		if got := fmt.Sprintf("%x", s.Append(nil)); got != want {
			t.Errorf("written as %s, want %s", got, want)
		}
	}
}
