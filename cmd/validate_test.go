package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

func validatePlugins() config.Plugins {
	return config.Plugins{
		Processors: feedgauge.Processors{
			Formats:   format.All(),
			Forecasts: forecast.All(),
		},
		Sinks: map[string]func() feedgauge.SinkConfig{"stdout": func() feedgauge.SinkConfig { return stdout.NewConfig() }},
	}
}

// runValidate runs the command in the root of the repository.
func runValidate(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var buf bytes.Buffer
	c := validateCommand(validatePlugins, &assignments{})
	c.SetArgs(args)
	c.SetOut(&buf)
	c.SetErr(io.Discard)
	err = c.Execute()
	return buf.String(), err
}

func code(err error) int {
	var exit *ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	}
	return -1
}

// The report on the bad files is their messages, one behind the other.
func TestValidateBadFiles(t *testing.T) {
	t.Chdir("..")
	files, err := filepath.Glob("testdata/bad/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var want bytes.Buffer
	for _, f := range files {
		golden, err := os.ReadFile(strings.TrimSuffix(f, ".hcl") + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		want.Write(golden)
	}
	out, err := runValidate(t, append(files, "testdata/good/minimal.hcl")...)
	report, last, _ := strings.Cut(out, want.String())
	if report != "" || !strings.HasSuffix(last, " files: 1 valid, "+strconv.Itoa(len(files))+" with errors\n") || strings.Count(last, "\n") != 1 {
		t.Errorf("report begins with %.200q and ends with %q", report, last)
	}
	if code(err) != 1 {
		t.Errorf("exit %d, %v", code(err), err)
	}
}

func TestValidateGoodFile(t *testing.T) {
	t.Chdir("..")
	out, err := runValidate(t, "pipeline.hcl")
	if out != "1 file: 1 valid, 0 with errors\n" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
}

func TestValidateJSON(t *testing.T) {
	t.Chdir("..")
	out, err := runValidate(t, "--json", "pipeline.hcl", "testdata/bad/wrong-unit.hcl", "testdata/bad/two-feeds.hcl")
	var report struct {
		FormatVersion string `json:"format_version"`
		Valid         bool
		ErrorCount    int `json:"error_count"`
		Diagnostics   []struct {
			Severity, Summary, Detail string
			Range                     struct {
				Filename string
				Start    struct{ Line, Column, Byte int }
			}
		}
	}
	if jerr := json.Unmarshal([]byte(out), &report); jerr != nil {
		t.Fatal(jerr)
	}
	d := report.Diagnostics
	if report.FormatVersion != "1.0" || report.Valid || report.ErrorCount != 2 || len(d) != 2 || code(err) != 1 {
		t.Fatalf("exit %d with %s", code(err), out)
	}
	if d[0].Range.Filename != "testdata/bad/wrong-unit.hcl" || d[0].Range.Start.Line != 6 || d[0].Severity != "error" {
		t.Errorf("%+v", d[0])
	}
	out, err = runValidate(t, "--json", "pipeline.hcl")
	if err != nil || !strings.Contains(out, `"valid": true`) || !strings.Contains(out, `"diagnostics": []`) {
		t.Errorf("%v with %s", err, out)
	}
}

// Wrong use is no report on files.
func TestValidateUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"--jsn", "x"}} {
		if out, err := runValidate(t, args...); err == nil || code(err) != -1 || out != "" {
			t.Errorf("%q: %q, %v", args, out, err)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A report that cannot be written is not taken for a valid file.
func TestValidateBrokenPipe(t *testing.T) {
	t.Chdir("..")
	if err := validate(brokenWriter{}, [][]string{{"pipeline.hcl"}}, validatePlugins(), nil, false); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func TestExitError(t *testing.T) {
	if err := (&ExitError{Code: 3}); err.Error() != "exit status 3" || err.Unwrap() != nil {
		t.Errorf("%v", err)
	}
	if err := (&ExitError{Code: 1, Err: io.EOF}); !errors.Is(err, io.EOF) || err.Error() != "EOF" {
		t.Errorf("%v", err)
	}
}
