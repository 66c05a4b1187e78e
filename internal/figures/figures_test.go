package figures

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figures")
	t.Setenv(File, file)
	Tell(t, "%d records", 3)
	Tell(t, "%d alerts", 4)
	b, err := os.ReadFile(file)
	if err != nil || string(b) != "3 records\n4 alerts\n" {
		t.Errorf("%q, %v", b, err)
	}
	t.Setenv(File, "")
	Tell(t, "nowhere")
}
