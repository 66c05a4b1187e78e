package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// loadFunc reads files as one configuration and reports its mistakes.
type loadFunc = func(files []string, stderr io.Writer) (*pipeline.Pipeline, error)

// load reads a configuration and reports its mistakes on stderr.
func load(p Plugins, files []string, given assignments, stderr io.Writer) (*pipeline.Pipeline, error) {
	pipe, ds := config.Load(files, p.config(), given...)
	if len(ds) > 0 {
		if err := ds.WriteText(stderr); err != nil {
			return nil, fmt.Errorf("writing the report: %w", err)
		}
	}
	if ds.HasErrors() {
		return nil, &ExitError{Code: 1, Err: fmt.Errorf("%q cannot be used as it is", strings.Join(files, ", "))}
	}
	return pipe, nil
}

// assignments is a flag that gives variables of the configuration their values.
type assignments []config.Assignment

func (a *assignments) Set(s string) error {
	one, err := config.ParseAssignment(s)
	if err == nil {
		*a = append(*a, one)
	}
	return err
}

func (a *assignments) Type() string { return "name=value" }

// String tells nothing: values may be secrets.
func (a *assignments) String() string { return "" }
