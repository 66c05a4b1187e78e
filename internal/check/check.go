// Package check checks files of log lines by a format, and reports what was
// accepted and what was not, and why.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

// Options say how to check.
type Options struct {
	Format        string
	Checker       feedgauge.Checker
	Fields        []string // fields to report on even if nothing is wrong with them
	RejectedLines bool     // list the numbers of all rejected lines
	Learn         bool     // tell where lines are no longer like those before
	// Observe is called for each event of all files, in order; nil for nobody.
	Observe func(e *feedgauge.Event)
	// MaxRatio bounds how many times a compressed file may expand, once it has
	// expanded to Patience bytes.
	MaxRatio, Patience int64
}

// Defaults of Options for compressed files. Lines of logs shrink to a tenth, equal
// ones to a hundredth; the most that gzip can do is about 1,030.
const (
	DefaultMaxRatio = 250
	DefaultPatience = 256 << 20
)

// pieceSize is how much of a file is read at once.
const pieceSize = 256 << 10

// Run checks the files in order. A file named "-" is stdin, one that ends in .gz
// is unpacked. The error tells of files that could not be read to their end; what
// could be read is in the report all the same.
func Run(ctx context.Context, o Options, stdin io.Reader, files []string) (*Report, error) {
	stream, ok := format.NewStream(o.Checker)
	if !ok {
		return nil, fmt.Errorf("format %q: it checks records of Kafka only, no files", o.Format)
	}
	report := newReport(o)
	var errs []error
	var learner *student
	if o.Learn {
		learner = newStudent(o)
		o.Observe = both(o.Observe, learner.see)
	}
	for _, name := range files {
		f := newFile(name, o)
		if learner != nil {
			learner.begin(report.Total.Lines)
		}
		if err := f.read(ctx, stream, stdin); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			f.Error = err.Error()
			errs = append(errs, fmt.Errorf("%q: %w", name, err))
		}
		report.add(f)
		if learner != nil {
			learner.end(f.Lines)
		}
	}
	if learner != nil {
		found := learner.close()
		report.Learned = &found
	}
	return report, errors.Join(errs...)
}

// both calls two functions, of which the first may be nil.
func both(a, b func(*feedgauge.Event)) func(*feedgauge.Event) {
	if a == nil {
		return b
	}
	return func(e *feedgauge.Event) {
		a(e)
		b(e)
	}
}

// read checks one file.
func (f *File) read(ctx context.Context, s *format.Stream, stdin io.Reader) error {
	in, err := open(f.Name, stdin, f.o)
	if err != nil {
		return err
	}
	defer in.Close()
	s.Begin(f.visit)
	buf := make([]byte, pieceSize)
	last := byte('\n')
	for {
		n, err := io.ReadFull(in, buf)
		f.Bytes += int64(n)
		if n > 0 {
			last = buf[n-1]
		}
		end := err != nil
		s.Write(buf[:n], end)
		if end {
			f.close(s.Verdict(), last == '\n')
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && !in.cut() {
				return nil
			}
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
