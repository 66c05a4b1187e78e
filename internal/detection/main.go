// Command detection measures how well and how rarely the forecasts alarm, on the
// series with labelled faults in testdata/series or in another folder of the same
// form, and prints a table. See DESIGN.md for how to read it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("series", filepath.Join("testdata", "series"), "folder of the series")
	flag.Parse()
	if err := run(*dir, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "detection: %v\n", err)
		os.Exit(1)
	}
}
