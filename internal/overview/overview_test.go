package overview_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/overview"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample() *overview.Report {
	now := time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC)
	known, behind, share := now.Add(-12*time.Second), now.Add(-2*time.Hour), 0.9967
	return &overview.Report{
		Version: 1, Time: now,
		Roles: []overview.Role{
			{Role: "intake", Group: "feedgauge-intake", State: "Stable", Lag: 1234, Members: []overview.Member{
				{Instance: "host-a-0", Host: "10.0.0.1", Lanes: 5, Lag: 1200}, {Instance: "host-b-0", Host: "10.0.0.2", Lanes: 4, Lag: 34},
			}},
			{Role: "watch", Group: "feedgauge-watch", State: "Empty", Members: []overview.Member{}},
			{Role: "deliver pager", Group: "feedgauge-deliver-pager", State: "Stable", Lag: 1, Members: []overview.Member{{Instance: "host-a\x1b[31m", Lanes: 1}}},
		},
		Sources: []overview.Source{
			{Source: "raw", Watermark: &known, Lanes: 9},
			{Source: "cloud", Watermark: &behind, Lanes: 12, Blocked: []string{"audit/0", "audit/1", "audit/2", "audit/3", "audit/4", "audit/5"}},
			{Source: "new", Lanes: 2, Unknown: []string{"new/1"}},
		},
		Feeds:    overview.Feeds{Known: 300, ByStatus: map[string]int{"ok": 280, "learning": 17, "silent": 2, "unknown": 1}},
		Coverage: &share,
		Findings: []overview.Finding{
			{UID: "main/web-03/silent/x", Tenant: "main", Feed: "web-03", Rule: "silent", Severity: "high", Opened: now.Add(-time.Hour)},
			{UID: "main/app/short/x", Tenant: "main", Feed: "app", Rule: "short", Severity: "low", Opened: now.Add(-time.Minute), Muted: true},
		},
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	golden(t, "full.txt", text(t, sample()))
	golden(t, "empty.txt", text(t, &overview.Report{}))
	many := sample()
	for range 40 {
		many.Findings = append(many.Findings, many.Findings[0])
	}
	golden(t, "many.txt", text(t, many))
}

func TestJSON(t *testing.T) {
	t.Parallel()
	b, err := json.MarshalIndent(sample(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "full.json", string(b)+"\n")
}

func text(t *testing.T, r *overview.Report) string {
	t.Helper()
	b := &writer{}
	if err := r.WriteText(b); err != nil {
		t.Fatal(err)
	}
	return string(*b)
}

type writer []byte

func (w *writer) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}
