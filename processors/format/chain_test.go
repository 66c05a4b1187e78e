package format

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// Which expressions are chains.
func TestChainOf(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]bool{
		`^(?<a>\S+) (?<b>\S+) \[(?<c>[^\]]+)\] "(?<d>[^"]*)" (\d{3})`: true,
		`^(?<a>\w+): (?<rest>.*)$`:                                    true,
		`^(?<a>(?<b>\d{1,3})\.\d+)$`:                                  true,
		`^(?<a>\d*)[0-9]?$`:                                           false, // a choice
		`^(?<a>\S+)\s*x`:                                              false, // x may follow at once, and is in \S
		`^(?<a>\S+)-?`:                                                false,
		`^(?<a>a+)b?a`:                                                false,
		`^(?<a>a+?)`:                                                  false,
		`^(?<a>\d{1,3})\d`:                                            false,
		`^(?<a>\d{3})\d`:                                              true,
		`(?<a>\d+)`:                                                   false, // anywhere
		`(?m)^(?<a>\d+)$`:                                             false, // at lines
		`(?i)^(?<a>k) x`:                                              false,
		`^(?<a>ü)`:                                                    false,
		`^(?<a>[äöü]+)`:                                               false,
		`^(?<a>\pL+)`:                                                 false,
		`^(?<a>.+?) x`:                                                false,
		`^(?<a>x|yy)`:                                                 false,
		`^(?<a>\d)+`:                                                  false,
		`^(?<a>x)^`:                                                   false,
		`^(?<a>\w+)\b`:                                                false,
		`^(?<a>[^\x{10ffff}]+)x`:                                      false,
		`^(?<a>(?:a|b|c)+) x`:                                         true, // a class, as the parser has it
		`^(?<a>[^ ]+)(?<b> )(?<c>)$`:                                  true,
		`^(?<a>[^\x{80}-\x{10ffff}])`:                                 true,
		`(`:                                                           false,
	} {
		if got := chainOf(expr) != nil; got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

// What takes no step takes no link, since nothing else bounds how much of it there is.
func TestChainOfNothing(t *testing.T) {
	t.Parallel()
	if c := chainOf("^(?<a>b*)" + strings.Repeat("a{0}", 20_000) + "c"); len(c) != 4 {
		t.Errorf("%d links", len(c))
	}
}

// sameAsRegexp fails unless a chain finds in text what package regexp does.
func sameAsRegexp(t interface{ Fatalf(string, ...any) }, re *regexp.Regexp, c chain, text []byte) bool {
	want := re.FindSubmatchIndex(text)
	at := make([]int, 2*(1+re.NumSubexp()))
	matched := c.match(text, at)
	if matched != (want != nil) || matched && !slices.Equal(at[2:], want[2:]) {
		t.Fatalf("%s in %q: %v %v, want %v", re, text, matched, at, want)
	}
	return matched
}

// Chains find what package regexp finds, in texts that are no UTF-8 too.
func TestChainIsRegexp(t *testing.T) {
	t.Parallel()
	parts := []string{
		"a", "ab", " ", `\d`, `\S`, `\s`, ".", "[^b]", "[ab]", `[^ \n]`, `(?s:.)`, `[^\x00-\x7f]`, "(a)", `(\S+)`, `([^ ]*)`, "($)", "(?:a|b)", "(?:a|bb)", "(a|b 1)", "b$", "", `\x{fffd}`, "[üä]", "[^ü]", "(?i:k)", `(\S+?)`, "a+b?", "a* ?", "$a*",
	}
	counts := []string{"", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "{0}", "+?"}
	texts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", " ", "1", "\n", "ü", "\ufffd", "\xff", "\xc3", "k", "\u212a"}), 0, 8)
	var chains, matches int
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			var expr strings.Builder
			expr.WriteString("^")
			for range rapid.IntRange(1, 4).Draw(t, "parts") {
				expr.WriteString(rapid.SampledFrom(parts).Draw(t, "part") + rapid.SampledFrom(counts).Draw(t, "count"))
			}
			re, err := regexp.Compile(expr.String())
			c := chainOf(expr.String())
			if err != nil || c == nil {
				continue
			}
			chains++
			for range 10 {
				if sameAsRegexp(t, re, c, []byte(strings.Join(texts.Draw(t, "text"), ""))) {
					matches++
				}
			}
		}
	})
	if chains < 100 || matches < 100 {
		t.Errorf("only %d chains with %d matches", chains, matches)
	}
}

// FuzzChain holds chains to package regexp.
func FuzzChain(f *testing.F) {
	f.Add(`^(?<a>\S+) (?<b>[^"]*)"(\d{1,3})$`, []byte("a b\"123"))
	f.Add(`^(a{2,3})([^a]*)a`, []byte("aaa\xffa"))
	f.Add(`^[^\n]+(\n?)`, []byte("ü\n"))
	f.Add(`^(?:a|b){2}x{0}`, []byte("abx"))
	f.Fuzz(func(t *testing.T, expr string, text []byte) {
		re, fault := compile(expr)
		if fault != nil || len(text) > 1<<12 {
			return
		}
		if c := chainOf(expr); c != nil {
			sameAsRegexp(t, re, c, text)
		}
	})
}

const accessExpression = `^(?<client>\S+) \S+ (?<user>\S+) \[(?<time>[^\]]+)\] "(?<request>[^"]*)" (?<status>\d{3}) (?<bytes>\d+|-) `

// Lines are taken apart by a chain without allocating.
func TestChainDoesNotAllocate(t *testing.T) {
	c := NewRegexp().(*Regexp)
	c.Expression = strings.Replace(accessExpression, `\d+|-`, `[\d-]+`, 1)
	k := built(t, c)
	for _, line := range []string{longAccess, longAccess[:40]} {
		r := &feedgauge.Record{Value: []byte(line)}
		k.Check(r)
		if n := testing.AllocsPerRun(100, func() { k.Check(r) }); n != 0 {
			t.Errorf("%.50s: %v allocations", line, n)
		}
	}
}

func BenchmarkRegexp(b *testing.B) {
	for name, expr := range map[string]string{"chain": strings.Replace(accessExpression, `\d+|-`, `[\d-]+`, 1), "choice": accessExpression} {
		b.Run(name, func(b *testing.B) {
			c := NewRegexp().(*Regexp)
			c.Expression = expr
			k := built(b, c)
			r := &feedgauge.Record{Value: []byte(longAccess)}
			b.ReportAllocs()
			b.SetBytes(int64(len(longAccess)))
			for b.Loop() {
				if v := k.Check(r); v.Reason != "" {
					b.Fatal(v)
				}
			}
		})
	}
}
