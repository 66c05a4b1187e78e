package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestGuest builds a module outside of the repository that brings a source, a
// format and a sink, holds them to the public contracts, and runs a pipeline
// with them. Nothing is fetched: the guest needs what the repository needs.
func TestGuest(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("skipped: a whole program is built")
	}
	dir := t.TempDir()
	module(t, dir)
	bin := filepath.Join(dir, "bin")
	goTool(t, dir, "build", "-buildvcs=false", "-o", filepath.Join(bin, "guest"), ".")
	goTool(t, dir, "test", "-vet=off", ".")
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "guest"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			return nil
		},
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
		RequireExplicitExec: true,
	})
}

// module copies the guest's files to dir and makes a module of them.
func module(t *testing.T, dir string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata", "guest"))); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	mod := fmt.Sprintf("module example.com/guest\n\ngo 1.26.0\n\nrequire github.com/feedgauge/feedgauge v0.0.0\n\n"+
		"replace github.com/feedgauge/feedgauge => %q\n", root)
	for name, text := range map[string][]byte{"go.mod": []byte(mod), "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func goTool(t *testing.T, dir string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}
