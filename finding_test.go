package feedgauge

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFindingUID(t *testing.T) {
	t.Parallel()
	w := Window{Start: 1_795_590_000_000, End: 1_795_590_060_000}
	for _, tt := range []struct {
		feed FeedID
		rule string
		want string
	}{
		{FeedID{"main", "web-01"}, "silent", "main/web-01/silent/2026-11-25T07:00:00Z"},
		{FeedID{"a/b", "c"}, "d", "a%2Fb/c/d/2026-11-25T07:00:00Z"},
		{FeedID{"a", "b/c"}, "d", "a/b%2Fc/d/2026-11-25T07:00:00Z"},
		{FeedID{"a%2Fb", "c"}, "d", "a%252Fb/c/d/2026-11-25T07:00:00Z"},
		{FeedID{"a", "b"}, "100%/day", "a/b/100%25%2Fday/2026-11-25T07:00:00Z"},
		{FeedID{"日本", "x y"}, "ä", "日本/x y/ä/2026-11-25T07:00:00Z"},
	} {
		if got := FindingUID(tt.feed, tt.rule, w); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// TestFindingUIDIsOneToOne takes uids apart again, over names made of what the
// escape is made of.
func TestFindingUIDIsOneToOne(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`[/%25Fa]{1,6}`)
	rapid.Check(t, func(t *rapid.T) {
		feed := FeedID{Tenant: name.Draw(t, "tenant"), Name: name.Draw(t, "name")}
		rule := name.Draw(t, "rule")
		start := Instant(rapid.Int64Range(-1<<45, 1<<45).Draw(t, "start"))
		parts := strings.Split(FindingUID(feed, rule, Window{Start: start, End: start + 1}), "/")
		if len(parts) != 4 {
			t.Fatalf("%d parts: %q", len(parts), parts)
		}
		for i, want := range []string{feed.Tenant, feed.Name, rule, start.String()} {
			if got, err := url.PathUnescape(parts[i]); err != nil || got != want {
				t.Fatalf("part %d, %q, was %q and is %q, %v", i, parts[i], want, got, err)
			}
		}
	})
}

func TestActivityString(t *testing.T) {
	t.Parallel()
	for a, want := range map[Activity]string{Open: "open", Update: "update", Close: "close", 0: "unknown", 9: "unknown"} {
		if got := a.String(); got != want {
			t.Errorf("activity %d is %q, want %q", a, got, want)
		}
	}
}

func TestFieldError(t *testing.T) {
	t.Parallel()
	err := errors.Join(&FieldError{Field: "factor", Msg: "must be below 1"}, &FieldError{Field: "warmup", Msg: "is negative"})
	if got, want := err.Error(), "option \"factor\": must be below 1\noption \"warmup\": is negative"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var fe *FieldError
	if !errors.As(err, &fe) || fe.Field != "factor" {
		t.Errorf("the first mistake is %+v", fe)
	}
}
