package cmd_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadme does what the README has a new user do, in an empty folder.
func TestReadme(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "readme"),
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "until": until},
		RequireExplicitExec: true,
	})
}

// TestReadmeIsCovered holds the script against the README: each command there
// must be run here.
func TestReadmeIsCovered(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("testdata", "readme", "path.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^bin/feedgauge ([a-z-]+(?: [a-z-]+)*)`).FindAllStringSubmatch(string(readme), -1)
	for _, m := range commands {
		words := strings.Fields(m[1])
		if !strings.Contains(string(script), "feedgauge "+words[0]) {
			t.Errorf("nobody tries %q", m[0])
		}
	}
	if len(commands) < 10 {
		t.Errorf("only %d commands were found", len(commands))
	}
}

// until runs a program again and again until it says what matches, on whichever
// output, which is in the file "out" then. The test's deadline ends it if it never
// does.
//
//	until REGEXP PROGRAM ARGS...
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM ARGS...")
	}
	sign := regexp.MustCompile(args[0])
	for {
		c := command(ts, args[1:])
		out, err := c.CombinedOutput()
		if sign.Match(out) {
			keep(ts, string(out), "")
			return
		}
		if code := exitCode(ts, err); code != "0" && code != "1" && code != "2" {
			ts.Fatalf("exit code %s:\n%s", code, out)
		}
	}
}
