package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/processors/format"
)

// lines returns n lines, each with its number in it.
func lines(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form+"\n", i)
	}
	return b.String()
}

// A program that was switched to another notation is told by the one it wrote
// more; streams of several programs are not.
func TestMixture(t *testing.T) {
	t.Parallel()
	pairs := lines(30, `time="2025-03-13T14:01:02Z" level=info msg="request %d" path=/api`)
	for name, tt := range map[string]struct{ text, want string }{
		"switched to json": {pairs + lines(20, `{"time":"2025-03-13T14:01:02Z","level":"info","msg":"request %d","path":"/api"}`), "logfmt"},
		"another program":  {pairs + lines(20, `{"date":"2025-03-13","host":"h","msg":"request %d","size":1}`), Unknown},
		"words":            {pairs + lines(20, "a b %d c d"), Unknown},
		"pairs alone":      {pairs, "logfmt"},
	} {
		in, err := File("-", strings.NewReader(tt.text), 1000)
		if err != nil {
			t.Fatal(err)
		}
		r := Look(in, format.All())
		if r.Guess.Format != tt.want {
			t.Errorf("%s: %+v, want %s", name, r.Guess, tt.want)
		}
		if r.mixed && (strings.Contains(r.ClassHCL, "format") || strings.Contains(r.ClassHCL, "malformed") || r.Guess.AcceptedRatio > 0.7) {
			t.Errorf("%s: %+v, %s", name, r.Guess, r.ClassHCL)
		}
		if err := valid(r); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
