package produce

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// MaxLine is the longest line that is sent, in bytes. What is longer is counted
// as failed and never held in memory.
const MaxLine = 32 << 20

// line is one line of an input.
type line struct {
	value []byte // never nil, so that an empty line is no tombstone
	size  int    // bytes of the input, with the line's end
	long  bool   // over MaxLine; value is empty
	err   error  // of the input, instead of a line
}

// readAll hands on the lines of all inputs until their end, the first error, or
// ctx is done. It reads in a goroutine of its own, since a terminal or pipe
// cannot be read with a context: where that one blocks, it lives on.
func readAll(ctx context.Context, inputs []Input) <-chan line {
	out := make(chan line, 16) // few: each may be long
	go func() {
		defer close(out)
		for _, in := range inputs {
			if !readOne(ctx, in, out) {
				return
			}
		}
	}()
	return out
}

// readOne reports whether to go on with the next input.
func readOne(ctx context.Context, in Input, out chan<- line) bool {
	r := lineReader{bufio.NewReaderSize(in.Reader, 256<<10), MaxLine}
	for {
		l, err := r.next()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			l = line{err: fmt.Errorf("read %q: %w", in.Name, err)}
		}
		select {
		case <-ctx.Done():
			return false
		case out <- l:
		}
		if err != nil {
			return false
		}
	}
}

// lineReader cuts a stream into lines.
type lineReader struct {
	r   *bufio.Reader
	max int
}

// next returns the next line without its end, which is "\n" or "\r\n". The last
// one need not have any. The error is io.EOF when nothing is left.
func (r *lineReader) next() (line, error) {
	l := line{value: []byte{}}
	for {
		part, err := r.r.ReadSlice('\n')
		l.size += len(part)
		switch {
		case l.long:
		case len(l.value)+len(part) > r.max+len("\r\n"):
			l.long, l.value = true, []byte{}
		default:
			l.value = append(l.value, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && l.size > 0:
			return r.cut(l), nil
		case err != nil:
			return line{}, err
		}
		return r.cut(l), nil
	}
}

// cut takes the line's end off.
func (r *lineReader) cut(l line) line {
	if text, ended := bytes.CutSuffix(l.value, []byte("\n")); ended {
		l.value = bytes.TrimSuffix(text, []byte("\r"))
	}
	if len(l.value) > r.max {
		l.long, l.value = true, []byte{}
	}
	return l
}
