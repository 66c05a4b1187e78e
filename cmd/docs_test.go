package cmd

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command line in the documents is one that the program takes: its commands
// exist, and so do its flags. And a test runs it.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	var run []commandLine
	for _, file := range []string{"testdata/readme/path.txtar", "../docs/quickstart.md"} {
		run = append(run, commandsIn(t, file)...)
	}
	seen := 0
	for _, file := range documents(t) {
		for _, c := range commandsIn(t, file) {
			seen++
			checkDocumented(t, file, c.text)
			if _, ok := notRun[strings.TrimSuffix(c.text, ".")]; !ok && !slices.ContainsFunc(run, c.partOf) {
				t.Errorf("%s: no test runs %q", file, c.text)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d command lines were found: the test looks at nothing", seen)
	}
}

// notRun are commands that no script runs, and why.
var notRun = map[string]string{
	"topics repair --partition N": "it takes a state that is lost: TestRepair in internal/engine",
}

func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(files, "../README.md", "../CONTRIBUTING.md")
}

// commandLine is what stands behind the program's name, in a document or a script.
type commandLine struct {
	text  string
	words []string // before the first flag
	flags []string
}

var (
	inlineCommand = regexp.MustCompile("`(?:bin/)?feedgauge ([a-z][^`]*)`")
	lineCommand   = regexp.MustCompile(`(?m)^(?:(?:exec|exits \d|until '.*?') )?(?:bin/)?feedgauge ([a-z].*)$`)
)

func commandsIn(t *testing.T, file string) (out []commandLine) {
	t.Helper()
	joined := strings.ReplaceAll(string(read(t, file)), "\\\n", " ")
	for _, m := range append(inlineCommand.FindAllStringSubmatch(joined, -1), lineCommand.FindAllStringSubmatch(joined, -1)...) {
		text, _, _ := strings.Cut(m[1], " #")
		text, _, _ = strings.Cut(text, " | ")
		c := commandLine{text: strings.Join(strings.Fields(text), " ")}
		for _, w := range strings.Fields(text) {
			switch {
			case strings.HasPrefix(w, "--"):
				name, _, _ := strings.Cut(w, "=")
				c.flags = append(c.flags, name)
			case len(c.flags) == 0:
				c.words = append(c.words, w)
			}
		}
		out = append(out, c)
	}
	return out
}

// partOf reports whether a test that runs the other runs this one: the same
// command with all of its flags. Names of files and feeds may differ.
func (c commandLine) partOf(other commandLine) bool {
	for _, f := range c.flags {
		if !slices.Contains(other.flags, f) {
			return false
		}
	}
	a, _, errA := rootCommand(BuiltIn()).Find(c.words)
	b, _, errB := rootCommand(BuiltIn()).Find(other.words)
	return errA == nil && errB == nil && a.CommandPath() == b.CommandPath()
}

func checkDocumented(t *testing.T, file, line string) {
	t.Helper()
	words := strings.Fields(line)
	names, flags := 0, []string{}
	for names < len(words) && !strings.HasPrefix(words[names], "-") {
		names++
	}
	root := rootCommand(BuiltIn())
	root.InitDefaultCompletionCmd()
	c, rest, err := root.Find(words[:names])
	if err != nil || c == root {
		t.Errorf("%s: there is no command %q", file, line)
		return
	}
	if c.HasSubCommands() && len(rest) > 0 && !strings.ContainsAny(rest[0], "|/.") {
		t.Errorf("%s: %q has no subcommand %q", file, c.CommandPath(), rest[0])
	}
	for _, w := range words {
		if strings.HasPrefix(w, "--") {
			flags = append(flags, w)
		}
	}
	for _, f := range flags {
		name, _, _ := strings.Cut(strings.TrimLeft(strings.Trim(f, ",.;:)"), "-"), "=")
		if name != "" && lookup(c, name) == nil {
			t.Errorf("%s: %q has no flag --%s", file, line, name)
		}
	}
}

func lookup(c *cobra.Command, name string) any {
	if f := c.Flag(name); f != nil {
		return f
	}
	if f := c.InheritedFlags().Lookup(name); f != nil {
		return f
	}
	return nil
}
