package main

import "testing"

// Each bug can be put in: the code still has what it changes, once. Whether it then
// compiles and is caught is what `make mutants` tells.
func TestBugsFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, m := range mutants() {
		if names[m.name] {
			t.Errorf("there are two bugs %q", m.name)
		}
		names[m.name] = true
		for _, e := range m.edits {
			if _, _, err := e.find("../.."); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		}
	}
}
