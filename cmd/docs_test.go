package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command line in the documents is one that the program takes: its commands
// exist, and so do its flags.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile("`(?:bin/)?feedgauge ([a-z][^`]*)`")
	block := regexp.MustCompile(`(?m)^(?:bin/)?feedgauge ([a-z].*)$`)
	seen := 0
	for _, file := range append(files, "../README.md", "../CONTRIBUTING.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		joined := strings.ReplaceAll(string(text), "\\\n", " ")
		for _, m := range append(inline.FindAllStringSubmatch(joined, -1), block.FindAllStringSubmatch(joined, -1)...) {
			seen++
			checkDocumented(t, file, strings.Join(strings.Fields(m[1]), " "))
		}
	}
	if seen < 20 {
		t.Errorf("only %d command lines were found: the test looks at nothing", seen)
	}
}

func checkDocumented(t *testing.T, file, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " #")
	line, _, _ = strings.Cut(line, " | ")
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
