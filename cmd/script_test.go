package cmd_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/feedgauge/feedgauge/cmd"
)

// TestMain lets the test binary be feedgauge itself, for scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"feedgauge": func() { cmd.Main(cmd.BuiltIn()) },
	})
}

// TestScripts runs the command line as a user does: arguments, files, exit
// codes, and what is on which of the two outputs.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     exits,
			"interrupt": interrupt,
			"lines":     lines,
		},
		RequireExplicitExec: true,
	})
}

// exits runs a program and wants a certain exit code:
//
//	exits CODE PROGRAM ARGS...
//
// Its outputs are in the files "out" and "err".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	c := command(ts, args[1:])
	var out, err strings.Builder
	c.Stdout, c.Stderr = &out, &err
	code := exitCode(ts, c.Run())
	keep(ts, out.String(), err.String())
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s\nstdout:\n%s\nstderr:\n%s", code, args[0], out.String(), err.String())
	}
}

// interrupt starts a program, waits for a line on its error output that matches,
// sends SIGINT, and wants it to end in good order:
//
//	interrupt REGEXP PROGRAM ARGS...
//
// Its outputs are in the files "out" and "err".
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt REGEXP PROGRAM ARGS...")
	}
	sign := regexp.MustCompile(args[0])
	c := command(ts, args[1:])
	var out, said strings.Builder
	c.Stdout = &out
	pipe, err := c.StderrPipe()
	ts.Check(err)
	ts.Check(c.Start())
	seen := false
	for lines := bufio.NewReader(pipe); ; {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if !seen && sign.MatchString(line) {
			seen = true
			ts.Check(c.Process.Signal(os.Interrupt))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		ts.Check(err)
	}
	code := exitCode(ts, c.Wait())
	keep(ts, out.String(), said.String())
	if !seen || code != "0" {
		ts.Fatalf("said %q: %v, exit code %s, want 0\nstderr:\n%s", args[0], seen, code, said.String())
	}
}

// lines writes a file of N lines, each with its number from 0 in place of %d:
//
//	lines N LINE FILE
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: lines N LINE FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(args[1], "%d", strconv.Itoa(i)) + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b.String()), 0o600))
}

// command is a program of the script's PATH in the script's folder.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	name := args[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if file := filepath.Join(dir, args[0]); isFile(file) {
			name = file
			break
		}
	}
	c := exec.Command(name, args[1:]...)
	c.Dir = ts.MkAbs(".")
	c.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"), "HOME="+ts.Getenv("HOME"), "TMPDIR="+ts.Getenv("TMPDIR"))
	return c
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func exitCode(ts *testscript.TestScript, err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strings.TrimPrefix(exit.String(), "exit status ")
	}
	ts.Fatalf("cannot run: %v", err)
	return ""
}

func keep(ts *testscript.TestScript, stdout, stderr string) {
	for name, text := range map[string]string{"out": stdout, "err": stderr} {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}
