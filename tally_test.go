package feedgauge

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestErrorsAdd(t *testing.T) {
	t.Parallel()
	var e Errors
	for _, r := range []Reason{Syntax, Encoding, Syntax, NullValue, Columns} {
		e.Add(r, 2)
	}
	want := Errors{{Reason: Columns, N: 2, First: After}, {Reason: Encoding, N: 2, First: After}, {Reason: NullValue, N: 2, First: After}, {Reason: Syntax, N: 4, First: After}}
	if !reflect.DeepEqual(e, want) || e.Total() != 10 {
		t.Errorf("%v in total %d, want %v", e, e.Total(), want)
	}
	if Errors(nil).Total() != 0 {
		t.Error("no errors do not sum to zero")
	}
}

func TestArrivals(t *testing.T) {
	t.Parallel()
	if got := (&Counts{Events: 3, Delayed: 4, Future: 2, Blank: 1}).Arrivals(); got != 7 {
		t.Errorf("%d arrivals, want 7", got)
	}
}

// TestMergeSumsEveryField sets each number of Counts by reflection, so that a
// field added later and forgotten in Merge is found.
func TestMergeSumsEveryField(t *testing.T) {
	t.Parallel()
	var c, d Counts
	fields := reflect.ValueOf(&d).Elem()
	for i := range fields.NumField() {
		switch f := fields.Field(i); f.Kind() {
		case reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Slice:
			d.Errors = Errors{{Reason: Syntax, N: 100, First: After}}
		default:
			t.Fatalf("field %d is a %v: teach this test about it", i, f.Kind())
		}
	}
	c.Merge(&d)
	if !reflect.DeepEqual(c, d) {
		t.Errorf("nothing merged with %+v is %+v", d, c)
	}
	c.Merge(&d)
	sums := reflect.ValueOf(c)
	for i := range sums.NumField() {
		if f := sums.Field(i); f.Kind() == reflect.Int64 && f.Int() != 2*int64(i+1) {
			t.Errorf("%s is %d, want %d", sums.Type().Field(i).Name, f.Int(), 2*(i+1))
		}
	}
	if c.Errors.Total() != 200 {
		t.Errorf("errors %v", c.Errors)
	}
}

func counts() *rapid.Generator[Counts] {
	n := rapid.Int64Range(0, 1<<40)
	reason := rapid.SampledFrom([]Reason{Encoding, Syntax, Truncated, Columns, MissingField, BadType, BadTimestamp, NullValue})
	return rapid.Custom(func(t *rapid.T) Counts {
		c := Counts{
			Events: n.Draw(t, "events"), Bytes: n.Draw(t, "bytes"), Lines: n.Draw(t, "lines"),
			Delayed: n.Draw(t, "delayed"), Future: n.Draw(t, "future"), Blank: n.Draw(t, "blank"),
		}
		for range rapid.IntRange(0, 6).Draw(t, "reasons") {
			c.Errors.Put(ErrorCount{
				Reason: reason.Draw(t, "reason"), Field: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "field"), N: rapid.Int64Range(1, 1<<40).Draw(t, "n"),
				First: Instant(rapid.Int64Range(0, 3).Draw(t, "first")), Sample: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "sample"),
			})
		}
		return c
	})
}

func feedTally() *rapid.Generator[FeedTally] {
	return rapid.Custom(func(t *rapid.T) FeedTally {
		first := Instant(rapid.Int64Range(-1<<45, 1<<45).Draw(t, "first"))
		return FeedTally{
			Feed: FeedID{"main", "web"}, First: first, Last: first + Instant(rapid.Int64Range(0, 60_000).Draw(t, "span")),
			Counts: counts().Draw(t, "counts"),
		}
	})
}

// clone copies t with the memory of its errors, so that a merge that wrote into
// another's would show.
func clone(t FeedTally) FeedTally {
	t.Counts.Errors = slices.Clone(t.Counts.Errors)
	return t
}

func merged(a, b FeedTally) FeedTally {
	a, b = clone(a), clone(b)
	a.Merge(&b)
	return a
}

// TestMergeLaws: tallies may be summed in any order and any grouping, nothing
// is the identity, and what is merged into another stays as it was.
func TestMergeLaws(t *testing.T) {
	t.Parallel()
	nothing := FeedTally{Feed: FeedID{"main", "web"}, First: After, Last: Before}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := feedTally().Draw(t, "a"), feedTally().Draw(t, "b"), feedTally().Draw(t, "c")
		equal(t, "commutes", merged(a, b), merged(b, a))
		equal(t, "associates", merged(merged(a, b), c), merged(a, merged(b, c)))
		equal(t, "nothing on the right", merged(a, nothing), a)
		equal(t, "nothing on the left", merged(nothing, a), a)
		sum, before := clone(a), clone(b)
		sum.Merge(&b)
		sum.Counts.Errors.Add(Truncated, 1)
		equal(t, "the merged one", b, before)
	})
}

func equal(t *rapid.T, law string, got, want FeedTally) {
	t.Helper()
	if len(got.Counts.Errors) == 0 && len(want.Counts.Errors) == 0 {
		got.Counts.Errors, want.Counts.Errors = nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n%+v\n%+v", law, got, want)
	}
}

// TestMergeKeepsErrorsSorted and without doubles: they are compared as bytes
// once encoded.
func TestMergeKeepsErrorsSorted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := counts().Draw(t, "a"), counts().Draw(t, "b")
		want := a.Errors.Total() + b.Errors.Total()
		a.Merge(&b)
		sorted := slices.IsSortedFunc(a.Errors, func(x, y ErrorCount) int {
			return cmp.Or(strings.Compare(string(x.Reason), string(y.Reason)), strings.Compare(x.Field, y.Field))
		})
		twice := len(slices.CompactFunc(slices.Clone(a.Errors), func(x, y ErrorCount) bool { return x.Reason == y.Reason && x.Field == y.Field })) != len(a.Errors)
		if !sorted || twice || a.Errors.Total() != want {
			t.Fatalf("errors %v, want %d in all", a.Errors, want)
		}
	})
}
