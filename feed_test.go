package feedgauge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"
)

func TestGoodName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		want bool
	}{
		{"web-01", true},
		{" ", true},
		{"a/b%2F:\\", true},
		{"Straße 日本", true},
		{"\ufffd", true}, // written out, it is a character like others
		{"\u00a0", true},
		{"~", true},
		{strings.Repeat("a", 255), true},
		{strings.Repeat("é", 127), true},
		{"", false},
		{strings.Repeat("a", 256), false},
		{strings.Repeat("é", 128), false},
		{"a\x00b", false},
		{"a\tb", false},
		{"a\n", false},
		{"\x1f", false},
		{"\x7f", false},
		{"é\x7f", false},
		{"é\x00", false},
		{"\u0080", false},
		{"\u009f", false},
		{"\xff", false},
		{"ok\xc3", false},       // cut within a character
		{"\xed\xa0\x80", false}, // half of a surrogate pair
		{"\xc0\x80", false},     // NUL in two bytes
	} {
		if got := GoodName([]byte(tt.name)); got != tt.want {
			t.Errorf("GoodName(%.40q) = %v, want %v", tt.name, got, tt.want)
		}
	}
	if GoodName(nil) {
		t.Error("no name is a good name")
	}
}

// FuzzGoodName holds the scan by bytes against the definition.
func FuzzGoodName(f *testing.F) {
	f.Add([]byte("web-01"))
	f.Add([]byte("é\u0085"))
	f.Add([]byte("a\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		want := len(b) >= 1 && len(b) <= MaxName && utf8.Valid(b) && strings.IndexFunc(string(b), unicode.IsControl) < 0
		if got := GoodName(b); got != want {
			t.Errorf("GoodName(%q) = %v, want %v", b, got, want)
		}
	})
}

func feedID() *rapid.Generator[FeedID] {
	name := rapid.StringMatching(`[ -~éß日]{1,8}`)
	return rapid.Custom(func(t *rapid.T) FeedID {
		return FeedID{Tenant: name.Draw(t, "tenant"), Name: name.Draw(t, "name")}
	})
}

func TestIdentityIsOneToOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := feedID().Draw(t, "f")
		if got, ok := ParseIdentity(f.Identity()); !ok || got != f {
			t.Fatalf("%+v came back as %+v, %v", f, got, ok)
		}
	})
	if _, ok := ParseIdentity("no zero byte"); ok {
		t.Error("an identity without a zero byte was taken")
	}
	if got := (FeedID{Tenant: "main", Name: "web/01"}).String(); got != "main/web/01" {
		t.Errorf("feed is printed as %q", got)
	}
}

// TestFeedOrder: feeds sort as their identities do, also where one tenant's name
// begins with another's.
func TestFeedOrder(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]FeedID{
		{{"a", "z"}, {"b", "a"}},
		{{"a", "z"}, {"a!", "a"}},
		{{"a", "a"}, {"a", "b"}},
		{{"a", "a"}, {"a", "aa"}},
	} {
		if !pair[0].Less(pair[1]) || pair[1].Less(pair[0]) {
			t.Errorf("%v does not come before %v", pair[0], pair[1])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f, g := feedID().Draw(t, "f"), feedID().Draw(t, "g")
		if f.Less(g) != (cmp.Compare(f.Identity(), g.Identity()) < 0) {
			t.Fatalf("%v and %v", f, g)
		}
	})
}

// TestPartitionIsKafkas compares with the partitioner that franz-go has by
// default for records with a key, which is that of Kafka's Java client.
func TestPartitionIsKafkas(t *testing.T) {
	t.Parallel()
	kafka := kgo.StickyKeyPartitioner(nil).ForTopic("t")
	keys := []string{"", "a", "ab", "abc", "abcd", "abcde", "main\x00web-01", strings.Repeat("\xff", 255)}
	for i := range 20_000 {
		keys = append(keys, fmt.Sprintf("tenant-%d\x00feed-%x", i%7, i*i))
	}
	for _, n := range []int32{1, 2, 12, 1000} {
		seen := make(map[int32]bool)
		for _, k := range keys {
			got, want := Partition(k, n), kafka.Partition(&kgo.Record{Key: []byte(k)}, int(n))
			if int(got) != want {
				t.Fatalf("partition of %q among %d is %d, want %d", k, n, got, want)
			}
			seen[got] = true
		}
		if len(seen) != int(n) {
			t.Errorf("only %d of %d partitions are used", len(seen), n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		k, n := rapid.String().Draw(t, "key"), rapid.Int32Range(1, 1<<20).Draw(t, "n")
		if got, want := Partition(k, n), kafka.Partition(&kgo.Record{Key: []byte(k)}, int(n)); int(got) != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}

func TestLaneOrder(t *testing.T) {
	t.Parallel()
	sorted := []Lane{{"a", 0}, {"a", 1}, {"a", 10}, {"a-b", 0}, {"b", 0}, {"b", 2}}
	got := slices.Clone(sorted)
	slices.Reverse(got)
	slices.SortFunc(got, func(l, m Lane) int {
		switch {
		case l.Less(m):
			return -1
		case m.Less(l):
			return 1
		}
		return 0
	})
	if !slices.Equal(got, sorted) {
		t.Errorf("sorted as %v", got)
	}
	for _, l := range sorted {
		if l.Less(l) {
			t.Errorf("%v comes before itself", l)
		}
	}
}
