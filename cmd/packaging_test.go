package cmd

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const packaging = "../packaging"

// The configuration that the packages begin with is valid and laid out, and the
// one for kustomize, which reads nothing outside its folder, is the same.
func TestPackagedConfiguration(t *testing.T) {
	t.Parallel()
	file := filepath.Join(packaging, "pipeline.hcl")
	for _, args := range [][]string{{"validate", file}, {"fmt", "--check", file}} {
		var out bytes.Buffer
		if code := Run(t.Context(), BuiltIn(), args, nil, &out, &out); code != 0 {
			t.Errorf("%v: exit code %d\n%s", args, code, &out)
		}
	}
	if !bytes.Equal(read(t, file), read(t, filepath.Join(packaging, "kustomize", "pipeline.hcl"))) {
		t.Error("the configurations of the packages differ")
	}
}

// What is written in YAML can be read, and starts the program with flags that it
// has.
func TestPackagedYAML(t *testing.T) {
	t.Parallel()
	commands := 0
	for _, file := range []string{"../.goreleaser.yaml", packaging + "/compose.yaml", packaging + "/kustomize/kustomization.yaml", packaging + "/kustomize/statefulset.yaml"} {
		for d := yaml.NewDecoder(bytes.NewReader(read(t, file))); ; {
			var doc map[string]any
			err := d.Decode(&doc)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", file, err)
				break
			}
			each(doc, func(key string, list []any) {
				if key == "args" || key == "command" {
					commands++
					checkDocumented(t, file, words(list))
				}
			})
		}
	}
	if commands != 2 {
		t.Errorf("%d commands were found, want 2", commands)
	}
}

// each calls fn for every list in a document, with the key it stands under.
func each(v any, fn func(key string, list []any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if list, ok := value.([]any); ok {
				fn(key, list)
			}
			each(value, fn)
		}
	case []any:
		for _, value := range v {
			each(value, fn)
		}
	}
}

func words(list []any) string {
	var out []string
	for _, w := range list {
		if s, ok := w.(string); ok {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// The unit starts the program with flags that it has; where systemd is there, it
// has nothing to object, but that the program is not installed.
func TestPackagedUnit(t *testing.T) {
	t.Parallel()
	file := filepath.Join(packaging, "systemd", "feedgauge.service")
	starts := 0
	for line := range strings.Lines(string(read(t, file))) {
		if _, command, ok := strings.Cut(strings.TrimSpace(line), "=/usr/bin/feedgauge "); ok {
			starts++
			checkDocumented(t, file, command)
		}
	}
	if starts != 2 {
		t.Errorf("%d command lines were found, want 2", starts)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	out, _ := exec.CommandContext(t.Context(), analyze, "verify", file).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "feedgauge.service") && !strings.Contains(line, "is not executable") {
			t.Errorf("systemd: %s", line)
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
