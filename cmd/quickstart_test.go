package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// TestQuickstart does what the quick start has a new user do, from top to bottom,
// in an empty folder. What is shown there is what is printed, but for numbers and times.
func TestQuickstart(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	text, err := os.ReadFile("../docs/quickstart.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), "localhost:9092", broker.Brokers()[0])
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "page.txtar"), []byte(scriptOf(t, page)), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "until": until, "shows": shows},
		RequireExplicitExec: true,
	})
}

// block is a block of code in a page with the comment before it, which tells the
// test what readers see for themselves:
//
//	<!-- file NAME -->         it is the content of a file
//	<!-- in the background --> it is left running
//	<!-- until REGEXP -->      it is repeated until it prints that
//	<!-- exits CODE -->        it ends with that code
//	<!-- not run: WHY -->      it is not for a test
//
// A comment <!-- stop the background --> may stand alone.
var block = regexp.MustCompile("(?ms)^<!-- ([^\n]*?) -->\n(?:```(\\w+)\n(.*?)```)?|^```(\\w+)\n(.*?)```")

// scriptOf makes a script of a page.
func scriptOf(t *testing.T, page string) string {
	t.Helper()
	var script, files strings.Builder
	runs := 0
	for _, m := range block.FindAllStringSubmatch(page, -1) {
		how, lang, code := m[1], m[2]+m[4], m[3]+m[5]
		if how == "stop the background" {
			fmt.Fprintf(&script, "kill -INT run%d\nwait run%d\n", runs, runs)
			how = ""
		}
		verb, detail, _ := strings.Cut(how, " ")
		switch {
		case verb == "not":
		case verb == "file":
			fmt.Fprintf(&files, "-- %s --\n%s", detail, code)
			if lang == "hcl" {
				files.WriteString("metrics { listen = \"off\" }\n") // several of them run at a time
			}
		case lang == "text":
			name := "shown" + strconv.Itoa(strings.Count(script.String(), "shows "))
			fmt.Fprintf(&script, "shows %s\n", name)
			fmt.Fprintf(&files, "-- %s --\n%s", name, code)
		case lang == "sh":
			for line := range strings.Lines(code) {
				if verb == "in" {
					runs++
				}
				script.WriteString(scriptLine(t, verb, detail, strings.TrimSpace(line), runs))
			}
		case lang != "":
			t.Errorf("what is a block of %q for?", lang)
		}
	}
	return script.String() + files.String()
}

func scriptLine(t *testing.T, verb, detail, line string, runs int) string {
	t.Helper()
	line = strings.ReplaceAll(line, `"`, "'")
	if strings.HasPrefix(line, "feedgauge run") || strings.HasPrefix(line, "feedgauge reload") {
		line += " --control ."
	}
	switch verb {
	case "":
		return "exits 0 " + line + "\n"
	case "exits":
		return "exits " + detail + " " + line + "\n"
	case "until":
		return "until '" + detail + "' " + line + "\n"
	case "in":
		return fmt.Sprintf("exec %s &run%d&\n", line, runs)
	}
	t.Errorf("what does %q mean?", verb)
	return ""
}

// shows wants each line of a file among those that were printed last, in their
// order; numbers and times may be others:
//
//	shows FILE
func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shows FILE")
	}
	printed := strings.Split(unnumbered(ts.ReadFile("out")), "\n")
	for line := range strings.Lines(unnumbered(ts.ReadFile(args[0]))) {
		line = strings.TrimRight(line, "\n")
		for len(printed) > 0 && printed[0] != line {
			printed = printed[1:]
		}
		if len(printed) == 0 {
			ts.Fatalf("no line %q, or not there, in:\n%s", line, ts.ReadFile("out"))
		}
	}
}

func unnumbered(s string) string {
	for _, r := range []struct{ like, as string }{
		{`\d+(\.\d+)?(ms|h|m|s)(\d|ms|h|m|s|\.)*\b`, "TIME"},
		{`\d+(\.\d+)?`, "N"},
	} {
		s = regexp.MustCompile(r.like).ReplaceAllString(s, r.as)
	}
	return s
}
