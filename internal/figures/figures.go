// Package figures lets tests tell what they measured, one line each, so that it
// is seen when they pass too: `go test` shows nothing of those.
package figures

import (
	"fmt"
	"os"
)

// File names the environment variable that holds the file to which figures are
// added; scripts/test.sh prints it at the end.
const File = "FEEDGAUGE_FIGURES"

// Logger is what figures need of a test.
type Logger interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// Tell logs a line and adds it to the file of figures, if there is one.
func Tell(t Logger, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Logf("%s", line)
	name := os.Getenv(File)
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(line + "\n")
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Errorf("telling a figure: %v", err)
	}
}
