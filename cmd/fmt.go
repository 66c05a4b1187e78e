package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/config"
)

// fmtCommand lays configuration files out.
func fmtCommand() *cobra.Command {
	var check bool
	c := &cobra.Command{
		Use:   "fmt [FILE|FOLDER...]",
		Short: "lay configuration files out in the usual way",
		Long: `Fmt changes the white space of each FILE, and of each .hcl file in each FOLDER, to
the layout that all configurations should have, and prints the names of the files
it changed. Without any it takes the folder it runs in; "-" reads from standard
input and writes to standard output.

With --check it changes nothing, prints the names of files that have another
layout, and exits with 2 if there are any.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			f := formatter{check: check, stdin: c.InOrStdin(), stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
			return f.run(args)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "change nothing, only tell which files would be changed")
	return c
}

// formatter is one run of fmt.
type formatter struct {
	check          bool
	stdin          io.Reader
	stdout, stderr io.Writer
	differ, failed bool
}

func (f *formatter) run(args []string) error {
	for _, arg := range args {
		if arg == "-" {
			if err := f.standard(); err != nil {
				return err
			}
			continue
		}
		names, err := config.Files(arg)
		if err != nil {
			return fmt.Errorf("%q: %w", arg, err)
		}
		for _, name := range names {
			if err := f.file(name); err != nil {
				return err
			}
		}
	}
	switch {
	case f.failed:
		return &ExitError{Code: 1, Err: errors.New("some files cannot be laid out as they are")}
	case f.differ && f.check:
		return &ExitError{Code: 2}
	}
	return nil
}

// standard lays out what comes on standard input.
func (f *formatter) standard() error {
	src, err := config.Read(f.stdin)
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	out, err := f.format("standard input", src)
	if err != nil || out == nil {
		return err
	}
	if f.check {
		return f.tell("standard input", !bytes.Equal(src, out))
	}
	_, err = f.stdout.Write(out)
	return err
}

func (f *formatter) file(name string) error {
	in, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	src, err := config.Read(in)
	if err = errors.Join(err, in.Close()); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	out, err := f.format(name, src)
	if err != nil || out == nil {
		return err
	}
	changed := !bytes.Equal(src, out)
	if changed && !f.check {
		if err := replaceFile(name, out); err != nil {
			return err
		}
	}
	return f.tell(name, changed)
}

// tell prints the name of a file that is not as it should be.
func (f *formatter) tell(name string, changed bool) error {
	if !changed {
		return nil
	}
	f.differ = true
	_, err := fmt.Fprintln(f.stdout, name)
	return err
}

// format returns the layout of src, nil if it is not well formed, which is told.
func (f *formatter) format(name string, src []byte) ([]byte, error) {
	out, ds := config.Format(name, src)
	if ds.HasErrors() {
		f.failed = true
		return nil, ds.WriteText(f.stderr)
	}
	if out == nil {
		out = []byte{}
	}
	return out, nil
}

// replaceFile puts new content in place of a file's, all of it or nothing. Links
// stay links.
func replaceFile(name string, content []byte) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), ".feedgauge-fmt-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(info.Mode().Perm()), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), target)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("writing %q: %w", name, err)
	}
	return nil
}
