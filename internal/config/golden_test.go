package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

// atRoot runs a test in the root of the repository, so that files are named as
// a user there would name them.
func atRoot(t *testing.T) {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date (write it with -update)\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

// Each bad file has one mistake, which gives one message.
func TestBad(t *testing.T) {
	atRoot(t)
	files, err := filepath.Glob("testdata/bad/*.hcl")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, ds := Load([]string{file}, builtin())
			var out bytes.Buffer
			if err := ds.WriteText(&out); err != nil {
				t.Fatal(err)
			}
			if p != nil || ds.Count(Error) != 1 || len(ds) != 1 {
				t.Errorf("%d diagnostics, want one:\n%s", len(ds), out.String())
			}
			place := ds[0].Range.String()
			if strings.Count(place, ":") != 2 || !strings.Contains(out.String(), place) {
				t.Errorf("no file:line:column in:\n%s", out.String())
			}
			golden(t, strings.TrimSuffix(file, ".hcl")+".golden", out.Bytes())
		})
	}
}

func TestGood(t *testing.T) {
	atRoot(t)
	files, err := filepath.Glob("testdata/good/*.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		p, ds := Load([]string{file}, builtin())
		if len(ds) > 0 || p == nil {
			t.Errorf("%s: %v", file, ds.Err())
		}
	}
}

// The report in JSON is Terraform's, field by field.
func TestJSON(t *testing.T) {
	atRoot(t)
	var all Diagnostics
	for _, name := range []string{"cel-unknown-name", "stray-option", "wrong-unit"} {
		_, ds := Load([]string{"testdata/bad/" + name + ".hcl"}, builtin())
		all = append(all, ds...)
	}
	_, ds := Load([]string{"testdata/bad/no-such.hcl"}, builtin())
	var out bytes.Buffer
	if err := append(all, ds...).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "internal/config/testdata/report.golden.json", out.Bytes())

	out.Reset()
	if err := (Diagnostics{}).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "internal/config/testdata/valid.golden.json", out.Bytes())
}
