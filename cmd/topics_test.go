package cmd

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Only a yes is a yes; an input that has ended is none.
func TestAsk(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, " yes": true, "n\n": false, "\n": false, "": false, "yet\n": false} {
		var said strings.Builder
		c := &cobra.Command{}
		c.SetIn(strings.NewReader(answer))
		c.SetErr(&said)
		if err := ask(c, false, "all goes"); (err == nil) != want {
			t.Errorf("answer %q: %v", answer, err)
		}
		if said.String() != "all goes\nGo on? [y/N] " {
			t.Errorf("said %q", said.String())
		}
		c.SetErr(io.Discard)
		if err := ask(c, true, "all goes"); err != nil {
			t.Errorf("not to be asked: %v", err)
		}
	}
}
