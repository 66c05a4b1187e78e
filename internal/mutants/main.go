// Mutants breaks the protocol on purpose, one bug at a time, and runs the test
// that is expected to notice. It works on a copy of the tree and leaves the tree
// itself alone.
//
//	go run ./internal/mutants           all of them
//	go run ./internal/mutants NAME...   some of them
//
// It fails if a bug survives, or if the code has changed so that one can no
// longer be put in: then the table needs the same change.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	failed, err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	case failed > 0:
		fmt.Fprintf(os.Stderr, "mutants: %d were not caught\n", failed)
		os.Exit(1)
	}
}

// run tries the mutants of those names, all if there are none, and returns how
// many were not caught, or could not be put in.
func run(ctx context.Context, out io.Writer, names []string) (failed int, err error) {
	chosen, err := choose(names)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "feedgauge-mutants-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := copyTree(dir, "."); err != nil {
		return 0, err
	}
	l := &lab{dir: dir, sound: make(map[string]bool)}
	began := time.Now()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "BUG\tTEST\tVERDICT\tSECONDS")
	for _, m := range chosen {
		start := time.Now()
		verdict := l.judge(ctx, m)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		fmt.Fprintf(os.Stderr, "mutants: %s: %s\n", m.name, verdict)
		if verdict != caught {
			failed++
		}
		_, _ = fmt.Fprintf(w, "%s\t%s %s\t%s\t%.1f\n", m.name, strings.TrimPrefix(m.pkg, "./"), m.test, verdict, time.Since(start).Seconds())
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	_, err = fmt.Fprintf(out, "%d bugs, %d caught, %.0f s\n", len(chosen), len(chosen)-failed, time.Since(began).Seconds())
	return failed, err
}

// Verdicts on a bug.
const (
	caught   = "caught"
	survived = "SURVIVED"
	unfit    = "CANNOT TELL" // the code or the test is not what the table says
)

// judge tries one bug, and says why if that cannot be done.
func (l *lab) judge(ctx context.Context, m mutant) string {
	noticed, err := l.try(ctx, m)
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "mutants: %s: %v\n", m.name, err)
		return unfit
	case noticed:
		return caught
	}
	return survived
}

// choose returns the mutants of those names, in the order of the table.
func choose(names []string) ([]mutant, error) {
	all := mutants()
	if len(names) == 0 {
		return all, nil
	}
	var out []mutant
	for _, name := range names {
		i := slices.IndexFunc(all, func(m mutant) bool { return m.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no bug is called %q", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// lab is a copy of the tree in which one bug at a time lives.
type lab struct {
	dir   string
	sound map[string]bool // tests that pass without any bug
}

// try puts a bug in, runs its test and takes the bug out again. A test that fails
// without the bug says nothing, and is an error.
func (l *lab) try(ctx context.Context, m mutant) (noticed bool, err error) {
	if key := m.pkg + " " + m.test; !l.sound[key] {
		switch out, err := l.test(ctx, m); {
		case err != nil:
			return false, fmt.Errorf("test %s of %s fails without any bug: %w\n%s", m.test, m.pkg, err, out)
		case strings.Contains(out, "no tests to run"):
			return false, fmt.Errorf("there is no test %s in %s", m.test, m.pkg)
		}
		l.sound[key] = true
	}
	undo, err := l.put(m)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, undo()) }()
	out, failed := l.test(ctx, m)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case strings.Contains(out, "[build failed]"), strings.Contains(out, "[setup failed]"):
		return false, fmt.Errorf("does not compile:\n%s", out)
	}
	return failed != nil, nil
}

// put makes the edits of a bug and returns how to take them back.
func (l *lab) put(m mutant) (undo func() error, err error) {
	before := make(map[string][]byte)
	undo = func() error {
		var errs []error
		for path, text := range before {
			errs = append(errs, os.WriteFile(path, text, 0o600))
		}
		return errors.Join(errs...)
	}
	for _, e := range m.edits {
		path, text, err := e.find(l.dir)
		if err != nil {
			return nil, errors.Join(err, undo())
		}
		if _, ok := before[path]; !ok {
			before[path] = text
		}
		text = bytes.Replace(text, []byte(e.old), []byte(e.new), 1)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return nil, errors.Join(err, undo())
		}
	}
	return undo, nil
}

// find returns the file to edit. The old text must be in the package once, or
// the bug would be another than the one meant.
func (e edit) find(root string) (path string, text []byte, err error) {
	files, err := filepath.Glob(filepath.Join(root, e.dir, "*.go"))
	if err != nil {
		return "", nil, err
	}
	times := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return "", nil, err
		}
		if n := bytes.Count(b, []byte(e.old)); n > 0 {
			path, text, times = f, b, times+n
		}
	}
	if times != 1 {
		return "", nil, fmt.Errorf("package %s has the text to change %d times instead of once:\n%s", e.dir, times, e.old)
	}
	return path, text, nil
}

// test runs the test of a bug. Properties draw the same cases each time and do
// not look for smaller ones. What does not end in time has failed.
func (l *lab) test(ctx context.Context, m mutant) (out string, err error) {
	args := []string{"test", "-count=1", "-vet=off", "-failfast", "-timeout=60s", "-run", "^" + m.test + "$", m.pkg}
	if m.property {
		args = append(args, "-rapid.seed=1", "-rapid.shrinktime=0s", "-rapid.nofailfile")
	}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // its arguments are those of the table
	cmd.Dir = l.dir
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// copyTree copies the sources under dir, and nothing of git's or of a build.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || path == "bin"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), text, 0o600)
	})
}
