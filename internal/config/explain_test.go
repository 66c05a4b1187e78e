package config

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func explained(t *testing.T, e *Effective) string {
	t.Helper()
	var out bytes.Buffer
	if err := e.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// A file of everything, as people and programs see what it comes to.
func TestExplain(t *testing.T) {
	atRoot(t)
	e, ds := Explain([]string{"testdata/good/everything.hcl"}, builtin())
	if e == nil {
		t.Fatal(ds.Err())
	}
	golden(t, "internal/config/testdata/explained.golden.hcl", []byte(explained(t, e)))
	var out bytes.Buffer
	if err := e.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "internal/config/testdata/explained.golden.json", out.Bytes())
}

// defaults are the lines of what nobody wrote. Some may not be written: they would
// have no effect.
var defaults = regexp.MustCompile(`(?m)^.* = .* # default\n`)

// What is explained may be read again, and comes to the same.
func TestExplainedIsAConfiguration(t *testing.T) {
	atRoot(t)
	names, err := filepath.Glob("testdata/good/*.hcl")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "pipeline.hcl", "internal/demo/demo.hcl") {
		e, ds := Explain([]string{name}, builtin())
		if e == nil {
			t.Fatal(ds.Err())
		}
		src := defaults.ReplaceAllString(explained(t, e), "")
		l := newLoader(builtin())
		l.parse(newText(name, []byte(src)))
		if p, ds := l.finish(); p == nil {
			t.Errorf("%s: %v in\n%s", name, ds.Err(), src)
			continue
		}
		again := l.effective()
		again.Variables = e.Variables
		a, b := anywhere(e.Blocks), anywhere(again.Blocks)
		x, y := strings.Split(mustJSON(t, a), "\n"), strings.Split(mustJSON(t, b), "\n")
		for i := range min(len(x), len(y)) {
			if x[i] != y[i] {
				t.Errorf("%s comes to\n%s\nand that to\n%s", name, strings.Join(x[max(0, i-9):i+1], "\n"), y[i])
				break
			}
		}
	}
}

// anywhere takes out of blocks where they stand, and whether somebody wrote them.
func anywhere(blocks []EffectiveBlock) []EffectiveBlock {
	out := []EffectiveBlock{}
	for _, b := range blocks {
		b.File, b.Line, b.Default = "", 0, false
		b.Blocks = anywhere(b.Blocks)
		out = append(out, b)
	}
	return out
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// No secret is explained.
func TestExplainHidesSecrets(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_TOKEN", "tok3n")
	dir := files(t, map[string]string{"p.hcl": strings.Replace(withSecrets, "labels =", "period = env(\"FEEDGAUGE_TEST_PERIOD\")\n  labels =", 1)})
	t.Setenv("FEEDGAUGE_TEST_PERIOD", "7m")
	e, ds := Explain([]string{dir}, builtin(), Assignment{"password", "hunter2"})
	if e == nil {
		t.Fatal(ds.Err())
	}
	all := explained(t, e) + mustJSON(t, e)
	for _, secret := range []string{"tok3n", "hunter2", "7m"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is told in\n%s", secret, all)
		}
	}
	for _, want := range []string{"# var.password is hidden, from --var", "# period: hidden\n", `env("FEEDGAUGE_TEST_PERIOD")`} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not told in\n%s", want, all)
		}
	}
}

func TestExplainWhatIsBad(t *testing.T) {
	t.Parallel()
	if e, ds := Explain([]string{filepath.Join(t.TempDir(), "none.hcl")}, builtin()); e != nil || !ds.HasErrors() {
		t.Errorf("%v, %v", e, ds)
	}
}
