package cmd

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/feedgauge/feedgauge/internal/check"
)

// logsDir holds the lines copied into the tree. More are checked if the variable
// FEEDGAUGE_LOGS names a folder with a file EXPECT.csv of the same columns.
const logsDir = "../testdata/logs"

// expected is one row of such a file.
type expected struct {
	dir, path, format                           string
	lines, headers, records, accepted, rejected int64
	args, reasons                               []string
	mutation                                    string
}

func readExpected(t *testing.T, dir, name string) []expected {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []expected
	for _, r := range rows[1:] {
		e := expected{dir: dir, path: r[0], format: r[1], args: strings.Fields(r[5]), mutation: r[6], reasons: strings.Split(r[9], "|")}
		for i, to := range []*int64{&e.lines, &e.headers, &e.records} {
			*to = whole(t, r[2+i])
		}
		e.accepted, e.rejected = whole(t, r[7]), whole(t, r[8])
		out = append(out, e)
	}
	return out
}

func whole(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCheckRealLogs holds the check command against what is known of real lines and
// of damaged ones, and prints a table.
func TestCheckRealLogs(t *testing.T) {
	list := readExpected(t, logsDir, "CHECK.csv")
	if dir := os.Getenv("FEEDGAUGE_LOGS"); dir != "" {
		list = append(list, readExpected(t, dir, "EXPECT.csv")...)
	}
	var out strings.Builder
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "file\trecords\taccepted\texpected\treasons\tdiffer\t")
	for _, e := range list {
		e.check(t, table)
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
}

func (e *expected) check(t *testing.T, table *tabwriter.Writer) {
	t.Helper()
	if BuiltIn().Processors.Formats[e.format] == nil {
		t.Errorf("%s: there is no format %q", e.path, e.format)
		return
	}
	path := filepath.Join(e.dir, e.path)
	got := checked(t, append(append([]string{"check", "--json", "--rejected-lines"}, e.args...), path), e.rejected > 0)
	if got == nil {
		return
	}
	wrong := e.differing(t, got.RejectedLines)
	fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%v\t%d\t\n", e.path, got.Records, got.Accepted, e.accepted, got.Reasons, len(wrong))
	if got.Lines != e.lines || got.Headers != e.headers || got.Records != e.records {
		t.Errorf("%s: %d lines, %d headers, %d records; want %d, %d, %d", e.path, got.Lines, got.Headers, got.Records, e.lines, e.headers, e.records)
	}
	if off := abs(got.Rejected - e.rejected); off > 0 && (e.mutation != "truncate" || 10*off > e.rejected && off > 1) {
		t.Errorf("%s: %d rejected, want %d; e.g. %+v", e.path, got.Rejected, e.rejected, got.Samples[:min(2, len(got.Samples))])
	}
	for reason := range got.Reasons {
		if !slices.Contains(e.reasons, string(reason)) {
			t.Errorf("%s: reason %q is none of %q", e.path, reason, e.reasons)
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%s: rejected and changed lines differ: %v", e.path, wrong[:min(10, len(wrong))])
	}
	e.total(t, got)
}

// total: reasons sum up to what is rejected, and lines to what they are.
func (e *expected) total(t *testing.T, got *check.File) {
	t.Helper()
	sum := int64(0)
	for _, n := range got.Reasons {
		sum += n
	}
	if sum != got.Rejected || got.Records != got.Accepted+got.Rejected || got.Lines != got.Headers+got.Blank+got.Records {
		t.Errorf("%s: the counts do not add up: %+v", e.path, got.Counts)
	}
	if only := e.mutation == "header_only"; only != (got.HeaderOnly && e.mutation != "") || only && got.AcceptedRatio != nil {
		t.Errorf("%s: header only: %v", e.path, got.HeaderOnly)
	}
}

func abs(n int64) int64 { return max(n, -n) }

// checked runs the check command on one file.
func checked(t *testing.T, args []string, rejects bool) *check.File {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(t.Context(), BuiltIn(), args, strings.NewReader(""), &out, &errs)
	if want := map[bool]int{false: 0, true: 2}[rejects]; code != want {
		t.Errorf("%v: exit code %d, want %d: %s", args, code, want, errs.String())
	}
	var report check.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Errorf("%v: %v", args, err)
		return nil
	}
	return report.Files[0]
}

// differing returns the lines of a damaged file that are rejected but as in the
// original, or accepted but not so. A line that was cut may be well formed.
func (e *expected) differing(t *testing.T, rejected []int) []int {
	t.Helper()
	folder, name, broken := strings.Cut(e.path, "/broken/")
	if !broken || e.mutation == "header_only" {
		return nil
	}
	parts := strings.Split(name, ".")
	changed, original := readLines(t, e.dir, e.path), readLines(t, e.dir, folder+"/"+parts[0]+"."+parts[2])
	var wrong []int
	for i, line := range changed {
		if i >= len(original) {
			break
		}
		was := !bytes.Equal(line, original[i])
		is := slices.Contains(rejected, i+1)
		if is && !was && e.mutation == "blank_field" {
			continue // it was blank before
		}
		if is != was && (is || e.mutation != "truncate") {
			wrong = append(wrong, i+1)
		}
	}
	return wrong
}

func readLines(t *testing.T, dir, path string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte{'\n'}), []byte{'\n'})
}
