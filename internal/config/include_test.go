package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	head = "kafka { brokers = [\"k:1\"] }\nsource \"kafka\" \"raw\" { topics = [\"t\"] }\n"
	tail = "class \"rest\" { match = [\"*\"] }\n"
)

func includes(names ...string) string {
	return fmt.Sprintf("include { files = [%s] }\n", `"`+strings.Join(names, `", "`)+`"`)
}

func classNames(t *testing.T, name string) string {
	t.Helper()
	p, ds := Load([]string{name}, builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	var out []string
	for _, c := range p.Classes {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// Files stand in the place of the block that includes them, since the order of
// classes matters. Paths in them are relative to them, names are those of all.
func TestInclude(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"main.hcl":        head + includes("teams/*.hcl", "more", "none/*.hcl") + tail + "locals { period = \"5m\" }\n",
		"teams/b.hcl":     "class \"b\" { match = [\"b-*\"] }\n",
		"teams/a.hcl":     "class \"a\" {\n  match = [\"a-*\"]\n  period = local.period\n}\ninventory \"csv\" { file = \"a.csv\" }\n" + includes("../inner.hcl"),
		"teams/a.csv":     "name,class\na-1,a\n",
		"more/z.hcl":      "class \"z\" { match = [\"z-*\"] }\n",
		"more/.hidden":    "{{{",
		"more/.swap.hcl":  "{{{",
		"more/readme.txt": "{{{",
		"inner.hcl":       "class \"inner\" { match = [\"inner\"] }\n",
	})
	if got := classNames(t, filepath.Join(dir, "main.hcl")); got != "a inner b z rest" {
		t.Errorf("classes %s", got)
	}
}

// The order of what is included is part of the normal form; in how many files it
// stands is not.
func TestIncludeInNormalForm(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"first.hcl": head + includes("one.hcl") + tail,
		"last.hcl":  head + "class \"x\" { match = [\"x\"] }\n" + includes("one.hcl"),
		"flip.hcl":  head + includes("one.hcl") + "class \"x\" { match = [\"x\"] }\n",
		"whole.hcl": head + "class \"one\" { match = [\"one\"] }\n" + tail,
		"one.hcl":   "class \"one\" { match = [\"one\"] }\n",
	})
	prints := map[string]string{}
	for _, name := range []string{"first", "last", "flip", "whole"} {
		p, ds := Load([]string{filepath.Join(dir, name+".hcl")}, builtin())
		if p == nil {
			t.Fatal(ds.Err())
		}
		prints[name] = p.Fingerprint
	}
	if prints["first"] != prints["whole"] || prints["last"] == prints["flip"] {
		t.Errorf("fingerprints %v", prints)
	}
}

// Circles, by names and by links, and much of everything end with a message.
func TestIncludeLimits(t *testing.T) {
	t.Parallel()
	big := "#" + strings.Repeat("x", maxSize-2)
	content := map[string]string{
		"self.hcl":  head + tail + includes("self.hcl"),
		"a.hcl":     head + tail + includes("b.hcl"),
		"b.hcl":     includes("./d/../a.hcl"),
		"d/x":       "",
		"loop.hcl":  head + tail + includes("l1"),
		"link.hcl":  head + tail + includes("same.hcl"),
		"twice.hcl": head + tail + includes("c.hcl", "c.hcl"),
		"c.hcl":     "",
		"pipe.hcl":  head + tail + includes("/dev/zero"),
		"none.hcl":  head + tail + includes("nowhere.hcl"),
		"empty.hcl": head + tail + includes(""),
		"bad.hcl":   head + tail + includes("["),
		"dir.hcl":   head + tail + includes("d"),
		"named.hcl": head + tail + "include { files = [local.x] }\nlocals { x = \"c.hcl\" }\n",
		"deep.hcl":  head + tail + includes("deep/0.hcl"),
		"big.hcl":   head + tail + includes("big/*.hcl"),
		"many.hcl":  head + tail + includes("many"),
	}
	for i := range maxIncludes + 1 {
		content[fmt.Sprintf("deep/%d.hcl", i)] = includes(fmt.Sprintf("%d.hcl", i+1))
	}
	for i := range 9 {
		content[fmt.Sprintf("big/%d.hcl", i)] = big
	}
	for i := range maxFiles {
		content[fmt.Sprintf("many/%d.hcl", i)] = ""
	}
	dir := files(t, content)
	for link, to := range map[string]string{"l1": "l2", "l2": "l1", "same.hcl": "link.hcl"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"self":  "in a circle: DIR/self.hcl -> DIR/self.hcl.",
		"a":     "in a circle: DIR/a.hcl -> DIR/b.hcl -> DIR/a.hcl.",
		"link":  "in a circle: DIR/link.hcl -> DIR/same.hcl.",
		"loop":  "Too many levels of symbolic links|too many levels of symbolic links",
		"twice": "part of the configuration already, as",
		"pipe":  "no regular file",
		"none":  "no such file",
		"empty": "name of nothing",
		"bad":   "no pattern",
		"dir":   "no .hcl files",
		"named": "before variables and locals have values",
		"deep":  "one another 16 deep",
		"big":   "may have 8388608 bytes",
		"many":  "may have 1000 files",
	} {
		p, ds := Load([]string{filepath.Join(dir, name+".hcl")}, builtin())
		if p != nil || len(ds) != 1 {
			t.Errorf("%s: %d diagnostics: %v", name, len(ds), briefly(ds))
			continue
		}
		found := false
		for w := range strings.SplitSeq(want, "|") {
			found = found || strings.Contains(strings.ReplaceAll(ds[0].Detail, dir, "DIR"), w)
		}
		if !found {
			t.Errorf("%s: %s", name, ds[0].Detail)
		}
	}
}

// A folder is a configuration of all its files.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"10.hcl": tail, "00.hcl": head, "notes.txt": "{{{"})
	if got := classNames(t, dir); got != "rest" {
		t.Errorf("classes %s", got)
	}
}

// A template bomb, in text and in lists: each local is ten of the one before.
func TestBombs(t *testing.T) {
	t.Parallel()
	for name, times := range map[string]string{"text": "\"" + strings.Repeat("${local.%d}", 10) + "\"", "list": "[" + strings.Repeat("local.%d,", 10) + "]"} {
		src := wrap("") + "locals {\n  n0 = \"xxxxxxxxxx\"\n"
		for i := 1; i < 60; i++ {
			src += fmt.Sprintf("  n%d = %s\n", i, strings.ReplaceAll(times, "%d", fmt.Sprintf("n%d", i-1)))
		}
		_, ds := Parse("bomb.hcl", []byte(src+"}\n"), builtin())
		if len(ds) != 1 || ds[0].Summary != "Value too large" {
			t.Errorf("%s: %v", name, briefly(ds))
		}
	}
	var many, long strings.Builder
	for i := range 80 {
		fmt.Fprintf(&many, "m%d = local.big\n", i)
	}
	for i := range maxChain + 50 {
		fmt.Fprintf(&long, "l%d = local.l%d\n", i, i+1)
	}
	for summary, src := range map[string]string{
		"Value too large": "big = \"" + strings.Repeat("x", maxSize/2) + "\"\n" + many.String(),
		"Locals too deep": long.String() + fmt.Sprintf("l%d = 1\n", maxChain+50),
	} {
		_, ds := Parse("bomb.hcl", []byte(wrap("")+"locals {\n"+src+"}\n"), builtin())
		if len(ds) != 1 || ds[0].Summary != summary {
			t.Errorf("%s: %v", summary, briefly(ds))
		}
	}
}
