package adaptive

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"
)

// reference are results of the prototype, see testdata/README.md.
type reference struct {
	Transform [][5]float64
	Profile   []struct {
		Bins   [bins]float64
		Pooled [bins]float64
	}
	RegressionIn [][4]float64 `json:"regression_in"`
	Regression   []struct {
		I     int
		Theta [3]float64
		Cov   [6]float64
	}
	TailIn [][4]float64 `json:"tail_in"`
	Tail   []struct {
		I int
		T [7]float64
	}
	Scale [][3]float64
}

func referenceResults(t *testing.T) *reference {
	t.Helper()
	b, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// same compares to 1e-9 of the size.
func same(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func TestTransformIsTheReferences(t *testing.T) {
	t.Parallel()
	for _, r := range referenceResults(t).Transform {
		v, phi := r[0], r[1]
		same(t, "A", stabilise(v, phi), r[2])
		same(t, "its inverse", restore(r[2], phi), r[3])
		same(t, "the inverse of half of it", restore(r[2]/2, phi), r[4])
	}
}

func TestProfileIsTheReferences(t *testing.T) {
	t.Parallel()
	for _, r := range referenceResults(t).Profile {
		var p profile[float64]
		p.Bins = r.Bins[:]
		for b := range bins {
			mean, ok := p.pooled(b)
			if ok != (r.Pooled[b] >= 0) {
				t.Fatalf("bin %d is known: %v", b, ok)
			}
			if ok {
				same(t, "pooled", mean, r.Pooled[b])
			}
		}
	}
}

func TestRegressionIsTheReferences(t *testing.T) {
	t.Parallel()
	ref := referenceResults(t)
	var r regression[float64]
	r.init(0.3, 0, 0.5)
	next := 0
	for i, in := range ref.RegressionIn {
		r.learn([3]float64{in[0], in[1], in[2]}, in[3], 1-1.0/672)
		if want := ref.Regression[next]; want.I == i {
			for k := range want.Theta {
				same(t, "theta", r.Theta[k], want.Theta[k])
			}
			for k := range want.Cov {
				same(t, "covariance", r.Cov[k], want.Cov[k])
			}
			next = min(next+1, len(ref.Regression)-1)
		}
	}
}

func TestTailIsTheReferences(t *testing.T) {
	t.Parallel()
	ref := referenceResults(t)
	p := newParams(time.Hour, DefaultBudget, false)
	var x tail[float64]
	x.init(0.02, 0.45)
	next := 0
	for i, in := range ref.TailIn {
		x.learn(&p.tunings[weekLow], p, in[0], in[1], 1.0/200, in[2], in[3])
		want := ref.Tail[next]
		if want.I != i {
			continue
		}
		in := 0.0
		if x.In {
			in = 1
		}
		for k, got := range []float64{x.Rate, x.Mean, float64(x.Seen), in, x.Peak, x.Track, float64(x.Cool)} {
			same(t, "tail", got, want.T[k])
		}
		next = min(next+1, len(ref.Tail)-1)
	}
}

func TestScaleIsTheReferences(t *testing.T) {
	t.Parallel()
	s := 1.0
	for _, r := range referenceResults(t).Scale {
		follow(&s, math.Abs(r[0]), r[1], 0.2)
		same(t, "scale", s, r[2])
	}
}

// TestTransformInverts: the transform and its inverse meet, and rise.
func TestTransformInverts(t *testing.T) {
	t.Parallel()
	for _, phi := range []float64{0, 1e-4, 0.1, 2} {
		last := math.Inf(-1)
		for v := 0.0; v < 1e12; v = v*3 + 0.1 {
			a := stabilise(v, phi)
			if a <= last {
				t.Fatalf("A(%v) = %v does not rise", v, a)
			}
			last = a
			if back := restore(a, phi); math.Abs(back-v) > 1e-6*(1+v) {
				t.Errorf("phi %v: %v comes back as %v", phi, v, back)
			}
		}
	}
}
