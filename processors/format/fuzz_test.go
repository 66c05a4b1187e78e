package format

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/leodido/go-syslog/v4/rfc5424"

	"github.com/feedgauge/feedgauge"
)

// oracles say of one line whether a library takes it. known is false where that
// means nothing for the format: the library is more generous, or the line is none.
var oracles = map[string]func(line []byte, got feedgauge.Reason) (takes, known bool){
	"json": func(line []byte, got feedgauge.Reason) (bool, bool) {
		// What we refuse beyond the grammar has reasons of its own.
		return json.Valid(line) && bytes.TrimLeft(line, " \t")[0] == '{', got != feedgauge.Depth && got != feedgauge.DuplicateKey && got != feedgauge.BadNumber
	},
	"syslog_rfc5424": func(line []byte, _ feedgauge.Reason) (bool, bool) {
		m, err := rfc5424.NewParser().Parse(line)
		takes := err == nil && m != nil && m.Valid()
		return takes, takes // we take more: longer names, lines without priority
	},
	"csv": func(line []byte, _ feedgauge.Reason) (bool, bool) {
		r := csv.NewReader(bytes.NewReader(line))
		r.FieldsPerRecord = 2
		row, err := r.Read()
		if slices.Equal(row, []string{"a", "b"}) {
			return false, false // a header
		}
		_, end := r.Read()
		return err == nil && errors.Is(end, io.EOF), !bytes.Contains(line, []byte{'\r'})
	},
	"access_combined": func(line []byte, got feedgauge.Reason) (bool, bool) {
		m := combinedPattern.FindSubmatch(line)
		return m != nil, got == "" && bytes.Count(line, []byte(" [")) == 1 && m != nil // what both take has the same parts; see below
	},
}

// FuzzParsers holds each format to what all share, and to its oracle. The first
// byte picks the format and what it is wrapped in, so that one run is shared by
// all; the variable FEEDGAUGE_FUZZ_FORMAT picks the format for all inputs.
func FuzzParsers(f *testing.F) {
	names := slices.Sorted(maps.Keys(All()))
	only := os.Getenv("FEEDGAUGE_FUZZ_FORMAT")
	for i, name := range names {
		if only != "" && name != only {
			continue
		}
		line := good[name]
		for _, seed := range []string{line, "\ufeff" + line + "\r\n" + line + "\xff\n", line[:len(line)/2], "#" + line + "\n" + line} {
			f.Add(append([]byte{byte(i)}, seed...))
		}
	}
	for _, e := range expectations(f) {
		if only != "" && e.format != only {
			continue
		}
		f.Add(append([]byte{byte(slices.Index(names, e.format))}, readLines(f, e.path)[0]...))
	}
	checkers, forgetfuls, wrapped := map[string]feedgauge.Checker{}, map[string]feedgauge.Checker{}, map[string]feedgauge.Checker{}
	for i, name := range names {
		checkers[name], forgetfuls[name] = newChecker(f, name), forgetful(newChecker(f, name))
		if name == "any" {
			continue
		}
		for j, envelope := range Envelopes() {
			wrapped[envelope+" "+name] = enveloped(f, name, envelope)
			if line, ok := sealed(envelope, good[name]); ok && (only == "" || name == only) {
				f.Add(append([]byte{byte(i + j*len(names))}, line...))
				f.Add(append([]byte{byte(i + j*len(names))}, good[name]...))
			}
		}
	}
	watch := stopwatch{dir: os.Getenv("FEEDGAUGE_FUZZ_TIMES"), longest: map[string]time.Duration{}}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) == 0 {
			return
		}
		name, value := names[int(in[0])%len(names)], in[1:]
		if only != "" {
			name = only
		}
		envelope := Envelopes()[int(in[0])/len(names)%len(Envelopes())]
		if c := wrapped[envelope+" "+name]; c != nil && envelope != noEnvelope {
			invariants(t, envelope+" "+name, c, value)
			transparent(t, envelope, checkers[name], c, value)
			watch.time(t, envelope, c, value)
			return
		}
		invariants(t, name, checkers[name], value)
		if got, want := shownOf(checkers[name], value), shownOf(forgetfuls[name], value); got != want {
			t.Fatalf("%s: %q:\ngot  %s\nwant %s", name, value, got, want)
		}
		watch.time(t, name, checkers[name], value)
	})
}

// invariants: a known reason, the same one each time whatever was checked in
// between, lines counted alike, no blank record called bad, as many bad events as are
// shown, and agreement with the oracle.
func invariants(t *testing.T, name string, c feedgauge.Checker, value []byte) {
	t.Helper()
	r := &feedgauge.Record{Value: value}
	v := c.Check(r)
	if v.Reason != "" && !slices.Contains(feedgauge.FormatReasons(), v.Reason) {
		t.Fatalf("%s: reason %q", name, v.Reason)
	}
	if n := bytes.Count(value, []byte{'\n'}); v.Lines != n && v.Lines != n+1 {
		t.Fatalf("%s: %d lines in %q", name, v.Lines, value)
	}
	if value != nil && v.Blank && v.Reason != "" || v.Bad > v.Events || (v.Bad > 0) != (v.Reason != "") && name != "any" {
		t.Fatalf("%s: %+v", name, v)
	}
	envelope, format, isWrapped := strings.Cut(name, " ")
	if !isWrapped {
		envelope, format = noEnvelope, name
	}
	sane, _ := sealed(envelope, good[format])
	verdict(c, sane)
	if again := c.Check(r); again != v {
		t.Fatalf("%s: %+v, then %+v", name, v, again)
	}
	if reader, ok := c.(feedgauge.EventReader); ok {
		shown(t, name, reader, r, v)
	}
	oracle, ok := oracles[name]
	if !ok || v.Events != 1 || v.Headers > 0 || bytes.ContainsAny(value, "\n\x00") || !utf8.Valid(value) || bytes.HasPrefix(value, []byte(byteOrderMark)) ||
		v.Reason == feedgauge.Control || bytes.HasSuffix(value, []byte{'\r'}) {
		return
	}
	if takes, known := oracle(value, v.Reason); known && takes != (v.Reason == "") {
		t.Fatalf("%s: %q: %q, but the library takes it: %v", name, value, v.Reason, takes)
	}
}

// transparent: what a format accepts it accepts in an envelope too, and reads the
// same in it. Left to find the envelope by itself, a line may look like another one.
func transparent(t *testing.T, envelope string, bare, wrapped feedgauge.Checker, value []byte) {
	t.Helper()
	in, ok := sealed(envelope, string(value))
	v := bare.Check(&feedgauge.Record{Value: value})
	if !ok || envelope == autoEnvelope || !utf8.Valid(value) || v.Reason != "" || v.Events+v.Headers == 0 {
		return
	}
	if got, want := told(wrapped, in), told(bare, string(value)); got != want {
		t.Fatalf("in %s: %q\ngot  %s\nwant %s", envelope, in, got, want)
	}
}

// shown compares what is shown of a record with the verdict.
func shown(t *testing.T, name string, c feedgauge.EventReader, r *feedgauge.Record, v feedgauge.Verdict) {
	t.Helper()
	events, bad := 0, 0
	c.Read(r, func(e *feedgauge.Event) {
		events++
		if e.Reason != "" {
			bad++
		}
		for i := range e.Fields {
			f := &e.Fields[i]
			if f.Kind != feedgauge.Object && f.Kind != feedgauge.Array && f.Escape == feedgauge.Plain && !strings.Contains(name, " ") && !bytes.Contains(r.Value, f.Value) {
				t.Fatalf("%s: %q is %q, which is not in the record", name, f.Name, f.Value)
			}
			Unescape(nil, f)
		}
	})
	if events != v.Events || bad != v.Bad {
		t.Fatalf("%s: %d events shown, %d of them bad: %+v", name, events, bad, v)
	}
}

// TestFloat: numbers are as strconv reads them, near enough to compare with a bound.
func TestFloat(t *testing.T) {
	for _, text := range []string{"0", "-1", "1.5", "1e3", "1E-3", "-12.25e+2", "123456789012345678", "0.001", ".5", "5."} {
		got, ok := float([]byte(text))
		want, err := strconv.ParseFloat(text, 64)
		if err != nil || !ok || math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s: got %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "+1", "1e", "e1", "1.2.3", "0x1", "NaN", "1e99999", "."} {
		if got, ok := float([]byte(text)); ok {
			t.Errorf("%s: taken for %v", text, got)
		}
	}
}
