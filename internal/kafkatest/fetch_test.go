package kafkatest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPomFetchesTheVersion(t *testing.T) {
	if n := strings.Count(pom, "<version>"+Version+"</version>"); n != 3 {
		t.Errorf("version %s stands %d times in the pom, want 3: itself, the broker, the tools", Version, n)
	}
}

// TestFetchLeavesNoHalves: without Maven there is an error that says what to do,
// and no folder that a later run would take for Kafka.
func TestFetchLeavesNoHalves(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "kafka")
	t.Setenv("FEEDGAUGE_KAFKA_DIR", dir)
	t.Setenv("PATH", parent)
	if _, err := fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "apt-get install maven") {
		t.Errorf("error %v does not say how to get Maven", err)
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("folder %q was left behind", e.Name())
		}
	}
}

// TestFetchTrustsOnlyWholeFolders: a folder counts by its pom, which is moved
// there with all the rest, and only while it is the pom of today.
func TestFetchTrustsOnlyWholeFolders(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FEEDGAUGE_KAFKA_DIR", dir)
	t.Setenv("PATH", dir) // no Maven: what is not there stays away
	for _, content := range []string{"", "another pom"} {
		if content != "" {
			write(t, filepath.Join(dir, "pom.xml"), content)
		}
		if _, err := fetch(t.Context()); err == nil {
			t.Errorf("a folder with pom %q was taken for Kafka", content)
		}
	}
	write(t, filepath.Join(dir, "pom.xml"), pom)
	libs, err := fetch(t.Context())
	if want := filepath.Join(dir, "libs"); err != nil || libs != want {
		t.Errorf("%q, %v, want %q", libs, err, want)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestJavaVersion(t *testing.T) {
	for text, want := range map[string]int{
		`openjdk version "17.0.15" 2025-04-15`:                                       17,
		`openjdk version "21" 2023-09-19`:                                            21,
		`java version "1.8.0_402"`:                                                   8,
		"Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"25.0.1\" 2025-10-21": 25,
		"no version here":                                                            0,
	} {
		if got := javaVersion(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestNote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skipped")
	t.Setenv("FEEDGAUGE_SKIPPED", path)
	note("one")
	note("two")
	if b, err := os.ReadFile(path); err != nil || string(b) != "one\ntwo\n" {
		t.Errorf("noted %q (%v)", b, err)
	}
}

func TestMandatory(t *testing.T) {
	for _, tt := range []struct {
		ci, require string
		want        bool
	}{{"", "", false}, {"true", "", true}, {"false", "", false}, {"", "1", true}, {"", "0", false}} {
		t.Setenv("CI", tt.ci)
		t.Setenv("FEEDGAUGE_REQUIRE_KAFKA", tt.require)
		if got := mandatory(); got != tt.want {
			t.Errorf("CI=%q FEEDGAUGE_REQUIRE_KAFKA=%q: %t, want %t", tt.ci, tt.require, got, tt.want)
		}
	}
}
