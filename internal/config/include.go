package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/feedgauge/feedgauge"
)

// Bounds on what a configuration is read from.
const (
	maxFiles    = 1000
	maxTotal    = 8 << 20 // bytes of all files
	maxIncludes = 16      // files that include one another
)

type includeBlock struct {
	Files []string `hcl:"files" doc:"files to read here, relative to this one; a pattern such as \"teams/*.hcl\" takes what matches it, a folder its .hcl files, both in the order of their names"`
}

func newInclude() *includeBlock { return &includeBlock{} }

// include reads the files of an include block in its place. It is evaluated while
// files are read, so it can name neither variables nor locals.
func (l *loader) include(b *block) {
	cfg := newInclude()
	l.decode(b, nil, cfg)
	if b.bad["files"] {
		l.doubt["include"], l.broken = true, true
		return
	}
	if len(l.open) > maxIncludes {
		l.broken = true
		l.reportHeader(b, Diagnostic{Summary: "Nested too deeply", Detail: fmt.Sprintf("Files may include one another %d deep.", maxIncludes)})
		return
	}
	for i, entry := range cfg.Files {
		names, err := expand(relative(b.text.name, entry))
		if err == nil && entry == "" {
			err = errors.New("it is the name of nothing")
		}
		for _, name := range names {
			if err == nil {
				err = l.includeFile(b, name)
			}
		}
		if err != nil {
			l.broken = true
			l.mistakes(b, &feedgauge.FieldError{
				Field: "files", Index: i, Msg: fmt.Sprintf("%s cannot be included: %s", quote(entry), err), Hint: includeHint(err),
			})
		}
	}
}

func includeHint(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "the path is relative to the file it stands in"
	}
	return ""
}

func (l *loader) includeFile(b *block, name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return reason(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no regular file")
	}
	for i, t := range l.open {
		if os.SameFile(t.info, info) {
			var path []string
			for _, t := range l.open[i:] {
				path = append(path, t.name)
			}
			return errors.New("files include one another in a circle: " + shortened(append(path, name)))
		}
	}
	before := len(l.texts)
	if err := l.read(name); err != nil {
		return err
	}
	if len(l.texts) > before {
		l.texts[before].included = true
		b.text.includes[b.Block] = append(b.text.includes[b.Block], l.texts[before])
	}
	return nil
}

// read reads a file of the configuration and what it includes.
func (l *loader) read(name string) error {
	if len(l.texts) >= maxFiles {
		return fmt.Errorf("a configuration may have %d files", maxFiles)
	}
	info, err := os.Stat(name)
	if err != nil {
		return reason(err)
	}
	for _, t := range l.texts {
		if t.info != nil && info.Mode().IsRegular() && os.SameFile(t.info, info) {
			return fmt.Errorf("it is part of the configuration already, as %s", quote(t.name))
		}
	}
	src, err := readFile(name, maxSize)
	if err != nil {
		return err
	}
	if l.volume += len(src); l.volume > maxTotal {
		return fmt.Errorf("all files of a configuration may have %d bytes", maxTotal)
	}
	t := newText(name, src)
	t.info = info
	l.open = append(l.open, t)
	l.parse(t)
	l.open = l.open[:len(l.open)-1]
	return nil
}

// Files returns the files that an argument stands for: itself, or the .hcl files of
// a folder in the order of their names.
func Files(name string) ([]string, error) {
	if isFolder(name) {
		return expand(name)
	}
	return []string{name}, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// expand returns the files that a name stands for, in order: those that match a
// pattern, those of a folder, or the one.
func expand(name string) ([]string, error) {
	_, missing := os.Lstat(name)
	if missing != nil && strings.ContainsAny(name, "*?[") {
		names, err := filepath.Glob(name)
		if err != nil {
			return nil, errors.New("it is no pattern")
		}
		return names, nil
	}
	if !isFolder(name) {
		return []string{name}, nil // if there is none, whoever reads it says so
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, reason(err)
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); filepath.Ext(n) == ".hcl" && !strings.HasPrefix(n, ".") {
			names = append(names, filepath.Join(name, n))
		}
	}
	if len(names) == 0 {
		return nil, errors.New("the folder has no .hcl files")
	}
	slices.Sort(names)
	return names, nil
}

// reason is an error of the file system without what was done to which file.
func reason(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// includesOf are the files that stand in place of blocks of one file.
type includesOf map[*hclsyntax.Block][]*text
