package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

const (
	maxFile = 64 << 10 // bytes of a file that file() reads
	maxRead = 4 << 20  // bytes that all file() and env() of a configuration return
)

func functionNames() []string { return []string{"env", "file"} }

// functions returns what expressions may call. Paths are relative to dir.
func (l *loader) functions(dir string) *hcl.EvalContext {
	return &hcl.EvalContext{Functions: map[string]function.Function{
		"env":  l.text1("name", environment),
		"file": l.text1("path", func(path string) (string, error) { return contents(dir, path) }),
	}}
}

// text1 makes a function of one text to text.
func (l *loader) text1(param string, f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: param, Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			if l.budget -= len(s); l.budget < 0 {
				return cty.NilVal, fmt.Errorf("functions of a configuration may return %d bytes in all", maxRead)
			}
			return cty.StringVal(s), nil
		},
	})
}

func environment(name string) (string, error) {
	v, ok := os.LookupEnv(name)
	if !ok {
		return "", fmt.Errorf("the environment has no variable %s", quote(name))
	}
	return v, nil
}

// contents reads a file without the line end at its end, which editors add.
func contents(dir, path string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be read", quote(path))
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is no regular file")
	}
	b, err := readFile(path, maxFile)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be read: %w", quote(path), err)
	}
	if len(b) > maxFile {
		return "", fmt.Errorf("the file %s is longer than %d bytes", quote(path), maxFile)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}
