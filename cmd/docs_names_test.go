package cmd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// Links between the documents lead somewhere.
func TestDocumentedLinks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(string(read(t, file)), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: nothing is at %q", file, m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d links were found", seen)
	}
}

// Configurations in the documents are laid out as the program does it.
func TestDocumentedLayout(t *testing.T) {
	t.Parallel()
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile("(?ms)^```hcl\n(.*?)```").FindAllStringSubmatch(string(read(t, file)), -1) {
			name := filepath.Join(t.TempDir(), "block.hcl")
			if err := os.WriteFile(name, []byte(m[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if code := Run(t.Context(), BuiltIn(), []string{"fmt", "--check", name}, nil, &out, &out); code != 0 {
				t.Errorf("%s: exit code %d for\n%s%s", file, code, m[1], &out)
			}
		}
	}
}

// A name in the documents is that of something: an option, a block or a name in
// rules, all of which are in the generated reference; a field, status or reason of
// the reference of alerts, which other tests hold; a command, a flag or a metric.
func TestDocumentedNames(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, w := range regexp.MustCompile(`[\w.*-]+`).FindAllString(string(read(t, "../docs/configuration.md")), -1) {
		known[strings.TrimRight(w, ".")] = true
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([\\w.-]+)` \\|").FindAllStringSubmatch(string(read(t, "../docs/alerts.md")), -1) {
		known[m[1]] = true
	}
	for _, w := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(string(read(t, "../internal/engine/metrics.go")), -1) {
		known["feedgauge_"+w[1]] = true
	}
	commandsBelow(rootCommand(BuiltIn()), known)
	for _, w := range []string{
		kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Dead, // topics
		"intake", "watch", "deliver", "self", "growing", // roles, the tenant, and a kind of skew
		"good.log", "bad.log", "kafka.hcl", "packaging", // files
		"unmapped", "init", "connections.max.reauth.ms", // others' names
	} {
		known[w], known["feedgauge."+w] = true, true
	}
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile("`([a-z][a-z_]*(?:\\.[a-z_]+)*)`").FindAllStringSubmatch(string(read(t, file)), -1) {
			if !known[m[1]] {
				t.Errorf("%s: %q is the name of nothing", file, m[1])
			}
		}
	}
}

func commandsBelow(c *cobra.Command, known map[string]bool) {
	known[c.Name()] = true
	for _, sub := range c.Commands() {
		commandsBelow(sub, known)
	}
}

// The limits tell of the forecast what the design does.
func TestDocumentedFigures(t *testing.T) {
	t.Parallel()
	short := rowBelow(t, "../docs/limits.md", "| false / feed-month |", "| .")
	long := rowBelow(t, "../DESIGN.md", "| forecast | false / feed-month |", "| **adaptive 0.5**")
	for name, figure := range short {
		if long[name] != figure {
			t.Errorf("%q is %q in docs/limits.md, %q in DESIGN.md", name, figure, long[name])
		}
	}
	if len(short) < 5 {
		t.Errorf("only %d figures were found", len(short))
	}
}

// rowBelow returns a row of a table by its head.
func rowBelow(t *testing.T, file, head, row string) map[string]string {
	t.Helper()
	out := map[string]string{}
	_, table, _ := strings.Cut(string(read(t, file)), "\n"+head)
	names, rest, _ := strings.Cut(head+table, "\n")
	_, values, _ := strings.Cut(rest, "\n"+row)
	values, _, _ = strings.Cut(row+values, "\n")
	cells := strings.Split(values, "|")
	for i, name := range strings.Split(names, "|") {
		if name = strings.TrimSpace(name); name != "" && i < len(cells) {
			out[name] = strings.Trim(cells[i], " *")
		}
	}
	return out
}
