package config

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestSnippetsAreCurrent(t *testing.T) {
	atRoot(t)
	got, err := Snippets(builtin())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "packaging/editors/feedgauge.code-snippets", got)
}

// What an editor makes of a snippet, with nothing filled in, is well-formed, and no
// option or block in it is unknown.
func TestSnippetsAreConfigurations(t *testing.T) {
	t.Parallel()
	b, err := Snippets(builtin())
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]snippet
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Errorf("only %d snippets", len(all))
	}
	choice, filled, empty := regexp.MustCompile(`\$\{\d+\|([^,|]*)[^|]*\|\}`), regexp.MustCompile(`\$\{\d+:((?:\\.|[^}\\])*)\}`), regexp.MustCompile(`\$\{?\d+\}?`)
	for name, s := range all {
		text := strings.Join(s.Body, "\n") + "\n"
		text = choice.ReplaceAllString(text, "$1")
		text = empty.ReplaceAllString(filled.ReplaceAllString(text, "$1"), "")
		text = regexp.MustCompile(`\\([\\$}])`).ReplaceAllString(text, "$1")
		if _, ds := hclsyntax.ParseConfig([]byte(text), name, hcl.InitialPos); ds.HasErrors() {
			t.Errorf("%s: %v:\n%s", name, ds, text)
		}
		if s.Description == "" || s.Prefix == "" || strings.ContainsAny(s.Prefix, `"{`) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	for _, block := range topBlocks() {
		if block == "source" || block == "sink" {
			block += ` "kafka"`
		}
		if _, ok := all[block]; !ok {
			t.Errorf("no snippet for %s", block)
		}
	}
}
