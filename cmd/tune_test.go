package cmd

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTunePastes: what tune prints, pasted whole into the class, is a configuration
// that validate accepts.
func TestTunePastes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var csv strings.Builder
	csv.WriteString("feed,timestamp,count\n")
	for i := range 5 * 168 {
		count := 500 + 300*math.Sin(float64(i)/24*2*math.Pi) + float64(i*i*7%53)
		fmt.Fprintf(&csv, "web-1,%s,%.0f\n", time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339), count)
	}
	counts := write(t, dir, "counts.csv", csv.String())
	config := func(name, forecast string) string {
		return write(t, dir, name, `kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" {
  topics = ["raw"]
  feed   = ["key"]
}
class "web" {
  match = ["web-*"]
  every = "1h"
`+forecast+`}
`)
	}
	for _, model := range []string{"trend", "smooth", "seasonal31", "holt_winters", "double_seasonal", "adaptive"} {
		pipe := config(model+".hcl", fmt.Sprintf("  forecast %q {}\n", model))
		stdout, stderr, code := runs(t, "tune", "--class", "web", "--input", counts, "--config", pipe)
		if code != 0 {
			t.Fatalf("%s: %s", model, stderr)
		}
		_, block, _ := strings.Cut(stdout, "\n# ")
		block, _, _ = strings.Cut(block, "}\n")
		if !strings.Contains(stdout, map[bool]string{true: "with that below", false: "behind that"}[model == "adaptive"]) || !strings.Contains(stdout, "web-1: ─ actual") {
			t.Errorf("%s: %s", model, stdout)
		}
		pasted := config(model+"2.hcl", "# "+block+"}\n")
		if _, stderr, code := runs(t, "validate", pasted); code != 0 {
			t.Errorf("%s: validate refuses %s\n%s", model, block, stderr)
		}
	}
	for args, want := range map[string]string{
		"--class other":                   `there is no feed of class "other"`,
		"--class web --horizon 1y":        `--horizon "1y"`,
		"--class web --feeds 0":           "--feeds 0",
		"--class web --every 7h":          "",
		"--class web --every 84h":         "no feed has history enough",
		"--class web --model adapt":       `there is no such forecast`,
		"--class web --missing sometimes": `--missing "sometimes"`,
	} {
		all := append([]string{"tune", "--input", counts, "--config", filepath.Join(dir, "trend.hcl")}, strings.Fields(args)...)
		if want == "no feed has history enough" {
			all = append(all, "--model", "holt_winters")
		}
		_, stderr, code := runs(t, all...)
		if (code == 0) != (want == "") || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s, want %q", args, code, stderr, want)
		}
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// runs runs a command line with the built-in plugins.
func runs(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, said bytes.Buffer
	code = Run(t.Context(), BuiltIn(), args, strings.NewReader(""), &out, &said)
	return out.String(), said.String(), code
}
