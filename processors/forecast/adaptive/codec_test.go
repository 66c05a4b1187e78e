package adaptive

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// taught returns a model that has seen some weeks of a wave.
func taught(t *testing.T, compact bool, days int) (*model[float32], feedgauge.Window) {
	t.Helper()
	m := built(t, Config{Budget: DefaultBudget, Compact: compact}, feedgauge.Env{Every: time.Hour}).New().(*model[float32])
	w := feedgauge.WindowOf(4*24*3_600_000, time.Hour)
	for i := range 24 * days {
		m.Judge(w, wave(i, time.Hour))
		w = w.Next()
	}
	return m, w
}

// TestUpgrade: a memory of version 1, which had no byte for the layout, goes on.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	m, w := taught(t, false, 30)
	now := m.Append(nil)
	old := append([]byte{1}, now[2:len(now)-4]...)
	old = binary.LittleEndian.AppendUint32(old, checksum(old))
	again := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
	if err := again.Load(old); err != nil {
		t.Fatal(err)
	}
	if got, want := again.Judge(w, 10), m.Judge(w, 10); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestRelayout: a class that is made compact, or no longer is, goes on with what
// its feeds have learnt.
func TestRelayout(t *testing.T) {
	t.Parallel()
	for _, compact := range []bool{false, true} {
		m, w := taught(t, compact, 60)
		other, _ := taught(t, !compact, 1)
		if err := other.Load(m.Append(nil)); err != nil {
			t.Fatal(err)
		}
		for i := 24 * 60; i < 24*67; i++ { // a week
			v := wave(i, time.Hour)
			a, b := m.Judge(w, v), other.Judge(w, v)
			if !b.Ready || b.Expected < 0.8*a.Expected || b.Expected > 1.25*a.Expected || b.Anomaly.Kind != "" {
				t.Fatalf("from compact %v, %s: %+v, before %+v", compact, w.Start, b, a)
			}
			w = w.Next()
		}
		if f := other.Judge(w, 0); f.Anomaly.Kind != feedgauge.Silent {
			t.Errorf("from compact %v: an empty hour is %+v", compact, f)
		}
	}
}

// TestCompactFinds: a compact memory finds what is plain, and bears what is usual.
func TestCompactFinds(t *testing.T) {
	t.Parallel()
	m, w := taught(t, true, 90)
	if f := m.Judge(w, wave(24*90, time.Hour)); f.Anomaly.Kind != "" {
		t.Errorf("a usual hour is %+v", f)
	}
	w = w.Next()
	if within, ok := m.Noticed(w, 1); !ok || within > 6*time.Hour {
		t.Errorf("silence is noticed within %v, %v", within, ok)
	}
	if f := m.Judge(w, 0); f.Anomaly.Kind != feedgauge.Silent {
		t.Errorf("an empty hour is %+v", f)
	}
}

// TestLoadRefuses: what is damaged, cut, too long or of an unknown kind is no
// memory, and leaves a model as new.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	m, _ := taught(t, false, 20)
	good := m.Append(nil)
	sealed := func(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, checksum(b)) }
	body := func() []byte { return append([]byte(nil), good[:len(good)-4]...) }
	strange, later, nan := body(), body(), body()
	strange[1], later[0] = 7, version+1
	binary.LittleEndian.PutUint32(nan[2+16:], 0x7fc00000) // the first hour of the profile
	flipped := append([]byte(nil), good...)
	flipped[100] ^= 1
	for name, b := range map[string][]byte{
		"nothing": nil, "a bit is flipped": flipped, "cut": sealed(body()[:500]), "too long": sealed(append(body(), 0)),
		"no layout": sealed([]byte{version}), "a strange layout": sealed(strange), "from later": sealed(later), "no number": sealed(nan),
	} {
		fresh := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
		want := string(fresh.Append(nil))
		if err := fresh.Load(b); err == nil {
			t.Errorf("%s: it is loaded", name)
		} else if string(fresh.Append(nil)) != want {
			t.Errorf("%s: the model is not as new", name)
		}
	}
}
