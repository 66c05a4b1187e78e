package demo

import (
	"flag"
	"os"
	"os/exec"
	"testing"
)

// TestMain runs the tests with the build tag "synctests" if they have been built
// without: it makes the client's locks channels. Only of those does a bubble's
// clock know that who waits for one waits. The race detector is left out, which
// would make them take ten times as long.
func TestMain(m *testing.M) {
	if durable {
		os.Exit(m.Run())
	}
	flag.Parse()
	args := []string{"test", "-tags", "synctests", "-timeout", "5m", "."}
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "update", "test.v", "test.run", "test.short", "test.count":
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}
