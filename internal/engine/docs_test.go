package engine

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// The reference of alerts has each header that is written, and no other.
func TestDocumentedHeaders(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `((?:ce_|content-|feedgauge-)[a-z_-]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		got = append(got, m[1])
	}
	for _, h := range alertRecord("alerts", 0, &feedgauge.Step{}, true, ocsf.Options{}).Headers {
		want = append(want, h.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/alerts.md has the headers %q, written are %q", got, want)
	}
}
