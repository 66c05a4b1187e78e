package profile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// feed makes the windows of a feed for tests.
type feed struct {
	n uint64 // records so far
}

// window is a profile of the lines that line makes, one for each of 0 to n-1.
func (f *feed) window(n int, line func(i int) string) *Profile {
	p, g := New(), NewGuesser()
	for i := range n {
		ev, st := g.Read([]byte(line(i)))
		f.n++
		p.Add(ev, st, f.n*0x9e3779b97f4a7c15)
	}
	return p
}

// logon is a line of events of two kinds; 4625 never has a target.
func logon(i int) string {
	if i%4 == 3 {
		return fmt.Sprintf(`{"EventID":4625,"ip":"10.0.0.%d","time":"2026-01-02T03:04:05Z","level":"debug"}`, i%250)
	}
	return fmt.Sprintf(`{"EventID":4624,"ip":"10.0.0.%d","time":"2026-01-02T03:04:05Z","level":"info","target":"u%d"}`, i%250, i)
}

// play observes windows of good lines, then of bad ones, and returns what is told
// of the bad.
func play(t *testing.T, good, bad func(i int) string, windows int) []Drift {
	t.Helper()
	l, f := NewLearner(0), &feed{}
	for w := range 70 {
		for _, d := range l.Observe(f.window(60, good), int64(w)) {
			t.Errorf("window %d: %s", w, d.String())
		}
	}
	var out []Drift
	for w := range windows {
		out = append(out, l.Observe(f.window(60, bad), int64(70+w))...)
	}
	return out
}

func TestTells(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) func(int) string {
		return func(i int) string {
			return string(bytes.ReplaceAll([]byte(logon(i)), []byte(old), []byte(new)))
		}
	}
	for _, tt := range []struct {
		name string
		bad  func(int) string
		want string
	}{
		{"vanishes", replace(`"ip":"`, `"was":"`), `field_missing "ip" "" since 70`},
		{"of one kind", replace(`"target"`, `"goal"`), `field_missing "target" "4624" since 70`},
		{"empties", func(i int) string {
			return string(bytes.ReplaceAll([]byte(logon(i)), []byte(fmt.Sprintf(`"10.0.0.%d"`, i%250)), []byte(`"-"`)))
		}, `field_empty "ip" "" since 70`},
		{"type", replace(`10.0.0.`, `host`), `type "ip" "" since 70`},
		{"layout of time", replace(`2026-01-02T03:04:05Z`, `02/Jan/2026:03:04:05 +0000`), `layout "time" "" since 70`},
		{"delimiter", replace(`,`, `;`), `layout "" "" since 70`},
		{"columns", func(i int) string { return fmt.Sprintf("4624;10.0.0.%d;a;b;c;d", i%250) }, `delimiter "" "" since 70`},
		{"mix", func(i int) string { return logon(4 * i) }, `mix "" "4625" since 70`},
		{"level", replace(`"debug"`, `"info"`), `level "" "" since 70`},
		{"kind is lost", replace(`"EventID"`, `"Ereignis"`), `field_missing "EventID" "" since 70`},
		{"new field", replace(`"ip"`, `"zone":"dmz","ip"`), `field_new "zone" "4624" since 70`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range play(t, logon, tt.bad, 8) {
				got = append(got, fmt.Sprintf("%s %q %q since %d", d.Kind, d.Field, d.EventKind, d.Since))
			}
			for _, g := range got {
				if g == tt.want {
					return
				}
			}
			t.Errorf("got %q, want %q", got, tt.want)
		})
	}
}

// What came back by itself is told again if it lasts longer than the last time.
func TestDriftEndsAndBeginsAgain(t *testing.T) {
	t.Parallel()
	l, f := NewLearner(0), &feed{}
	bad := func(i int) string { return string(bytes.ReplaceAll([]byte(logon(i)), []byte(`"ip"`), []byte(`"was"`))) }
	at := int64(0)
	run := func(n int, line func(int) string) (told int) {
		for range n {
			for _, d := range l.Observe(f.window(60, line), at) {
				if !d.Info() {
					told++
				}
			}
			at++
		}
		return told
	}
	for round := range 3 {
		if n := run(40, logon); n > 0 || len(l.Drifts()) > 0 {
			t.Fatalf("round %d: %d told of good lines, %d hold", round, n, len(l.Drifts()))
		}
		if n := run(10<<round, bad); n != 1 || len(l.Drifts()) != 1 {
			t.Fatalf("round %d: %d told, %d hold, want one", round, n, len(l.Drifts()))
		}
	}
}

func TestWhatLastsBecomesUsual(t *testing.T) {
	t.Parallel()
	l, f := NewLearner(0), &feed{}
	bad := func(i int) string { return string(bytes.ReplaceAll([]byte(logon(i)), []byte(`"ip"`), []byte(`"was"`))) }
	for w := range 40 {
		l.Observe(f.window(20, logon), int64(w))
	}
	w := 40
	for ; w < 40+patience+5; w++ {
		l.Observe(f.window(20, bad), int64(w))
	}
	if len(l.Drifts()) != 0 {
		t.Errorf("after %d windows these hold: %v", patience, l.Drifts())
	}
	if told := append(l.Observe(f.window(20, bad), int64(w)), l.Observe(f.window(20, bad), int64(w+1))...); len(told) > 0 {
		t.Errorf("told of what is usual: %v", told)
	}
}

// TestLoadChangesNothing writes and reads a learner at any time.
func TestLoadChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plain, other, f := NewLearner(0), NewLearner(0), &feed{}
		lines := []func(int) string{
			logon,
			func(i int) string { return string(bytes.ReplaceAll([]byte(logon(i)), []byte(`"ip"`), []byte(`"was"`))) },
			func(i int) string { return fmt.Sprintf("a;b;%d;c;d;e", i) },
		}
		at := int64(0)
		for range rapid.IntRange(1, 6).Draw(t, "phases") {
			line := rapid.SampledFrom(lines).Draw(t, "lines")
			for range rapid.IntRange(1, 12).Draw(t, "windows") {
				p := f.window(rapid.IntRange(0, 40).Draw(t, "events"), line)
				if rapid.IntRange(0, 3).Draw(t, "load") == 0 {
					var err error
					if other, err = LoadLearner(other.Append(nil), 0); err != nil {
						t.Fatal(err)
					}
				}
				a, b := plain.Observe(p, at), other.Observe(p, at)
				if !reflect.DeepEqual(a, b) {
					t.Fatalf("window %d: %v, but loaded %v", at, a, b)
				}
				at++
			}
		}
		if !bytes.Equal(plain.Append(nil), other.Append(nil)) {
			t.Fatal("they have learnt different things")
		}
	})
}

func TestLoadLearnerRefuses(t *testing.T) {
	t.Parallel()
	l, f := NewLearner(0), &feed{}
	for w := range 12 {
		l.Observe(f.window(20, logon), int64(w))
	}
	good := l.Append(nil)
	for n := 0; n < len(good); n += 7 {
		if _, err := LoadLearner(good[:n], 0); !errors.Is(err, ErrMalformed) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	if _, err := LoadLearner(append([]byte{learnerVersion + 1}, good[1:]...), 0); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer version: %v", err)
	}
}

// TestRemembersLittle bounds what is kept of a feed whose lines are all different.
func TestRemembersLittle(t *testing.T) {
	t.Parallel()
	l, f := NewLearner(0), &feed{}
	for w := range 200 {
		p := f.window(100, func(i int) string {
			return fmt.Sprintf(`{"EventID":%d,"f%d":1,"g%d":"x","h%d":""}`, i, w*100+i, w, i)
		})
		p.Append(nil)
		l.Observe(p, int64(w))
	}
	if n := len(l.Append(nil)); l.memos > maxMemos || n > 64<<10 {
		t.Errorf("%d fields are remembered, in %d bytes", l.memos, n)
	}
}
