package check

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// input is a file that is read, unpacked if need be.
type input struct {
	io.Reader
	file   io.Closer
	packed *counter // bytes of the compressed file, nil if it is not
	out    int64    // bytes unpacked
	o      Options
	broken bool
}

// counter counts the bytes read through it.
type counter struct {
	io.Reader
	n int64
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// open opens a file; "-" is stdin. What begins as gzip does is unpacked, whatever
// its name says.
func open(name string, stdin io.Reader, o Options) (*input, error) {
	in := &input{o: o, file: io.NopCloser(nil)}
	in.Reader = stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, nameless(err)
		}
		in.Reader, in.file = f, f
	}
	buffered := bufio.NewReaderSize(in.Reader, 64<<10)
	magic, _ := buffered.Peek(2)
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		if strings.HasSuffix(name, ".gz") && len(magic) > 0 {
			_ = in.file.Close()
			return nil, errors.New("not a gzip file")
		}
		in.Reader = buffered
		return in, nil
	}
	in.packed = &counter{Reader: buffered}
	unpacked, err := gzip.NewReader(in.packed)
	if err != nil {
		_ = in.file.Close()
		return nil, unpacking(err)
	}
	in.Reader = unpacked
	return in, nil
}

// Read implements [io.Reader]. A small file that would unpack to a huge one is an
// error.
func (in *input) Read(p []byte) (int, error) {
	n, err := in.Reader.Read(p)
	if in.packed == nil {
		return n, nameless(err)
	}
	in.out += int64(n)
	if in.out > in.o.Patience && in.out > in.o.MaxRatio*in.packed.n {
		in.broken = true
		return n, fmt.Errorf("it unpacks to more than %d times its size, and to more than %d bytes", in.o.MaxRatio, in.o.Patience)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		in.broken = true
		err = unpacking(err)
	}
	return n, err
}

// nameless is an error of a file without the file's name, which the caller tells.
func nameless(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// unpacking is an error of gzip. What ends early is a matter of the file, and no end
// of a connection.
func unpacking(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("unpacking: the file is cut short")
	}
	return fmt.Errorf("unpacking: %w", nameless(err))
}

// cut reports whether the file ended before it should.
func (in *input) cut() bool { return in.broken }

// Close closes the file.
func (in *input) Close() { _ = in.file.Close() }

// Open opens a file as a check does: "-" is stdin, and what gzip packed is
// unpacked as it is read, up to the default bounds.
func Open(name string, stdin io.Reader) (io.ReadCloser, error) {
	in, err := open(name, stdin, Options{MaxRatio: DefaultMaxRatio, Patience: DefaultPatience})
	if err != nil {
		return nil, err
	}
	return closing{in}, nil
}

// closing is an input as others close it.
type closing struct{ *input }

// Close implements [io.Closer].
func (c closing) Close() error {
	c.input.Close()
	return nil
}
