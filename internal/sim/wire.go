package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// errCut is what a process sees of the network once it is dead.
var errCut = errors.New("the process is dead")

// wire is the network of one process. Each request that is sent and each
// response that is received is one operation. Its zero value cannot be used.
type wire struct {
	dialer func(context.Context, string, string) (net.Conn, error)
	lag    time.Duration // of responses to fetches, so that reading takes time
	spoils *spoils

	mu     sync.Mutex
	ops    int
	cutAt  int // dies at this operation, 0 for never
	dead   chan struct{}
	frozen chan struct{} // nil, or closed when the process wakes
}

func newWire(dialer func(context.Context, string, string) (net.Conn, error), lag time.Duration, s *spoils) *wire {
	return &wire{dialer: dialer, lag: lag, spoils: s, dead: make(chan struct{})}
}

// cut ends all input and output for good: for the broker and for all others,
// the process is dead.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cutLocked()
}

func (w *wire) cutLocked() {
	select {
	case <-w.dead:
	default:
		close(w.dead)
	}
}

// cutIn lets the process die at the n-th operation from now.
func (w *wire) cutIn(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cutAt = w.ops + n
}

// freeze stops all input and output until thaw, while time goes on.
func (w *wire) freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozen == nil {
		w.frozen = make(chan struct{})
	}
}

func (w *wire) thaw() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozen != nil {
		close(w.frozen)
		w.frozen = nil
	}
}

// operations returns how many there have been.
func (w *wire) operations() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ops
}

// pass waits while the process is frozen, reports whether it had to, and fails
// if the process is dead.
func (w *wire) pass(closed <-chan struct{}) (waited bool, err error) {
	for frozen := w.asleep(); frozen != nil; frozen = w.asleep() {
		waited = true
		select {
		case <-frozen:
		case <-w.dead:
			return waited, errCut
		case <-closed:
			return waited, net.ErrClosed
		}
	}
	select {
	case <-w.dead:
		return waited, errCut
	default:
		return waited, nil
	}
}

func (w *wire) asleep() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frozen
}

// count counts one operation, at which the process may die: then it does not
// take place.
func (w *wire) count() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ops++
	if w.ops == w.cutAt {
		w.cutLocked()
	}
	select {
	case <-w.dead:
		return errCut
	default:
		return nil
	}
}

// dial is the process's kgo.Dialer.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if _, err := w.pass(ctx.Done()); err != nil {
		return nil, err
	}
	inner, err := w.dialer(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, wire: w, closed: make(chan struct{}), sent: make(map[int32]request)}
	go c.watch()
	return c, nil
}

// conn is one connection of a process to a broker. The client writes a request
// at a time and reads responses; both have their length in front.
type conn struct {
	net.Conn
	wire   *wire
	once   sync.Once
	closed chan struct{}
	rest   []byte // of the response being read

	mu   sync.Mutex
	sent map[int32]request // without an answer yet, by correlation id
}

// request is the part of a request's header that its response is read by.
type request struct{ key, version int16 }

// watch closes the connection when the process dies.
func (c *conn) watch() {
	select {
	case <-c.wire.dead:
		_ = c.Close()
	case <-c.closed:
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// Write implements net.Conn.
func (c *conn) Write(b []byte) (int, error) {
	waited, err := c.wire.pass(c.closed)
	if err != nil {
		return 0, err
	}
	if err := c.wire.count(); err != nil {
		return 0, err
	}
	if waited {
		// Whoever wakes up sends what he was about to send, before he looks at
		// the clock.
		_ = c.SetWriteDeadline(time.Time{})
	}
	if len(b) >= 12 {
		c.mu.Lock()
		c.sent[int32(binary.BigEndian.Uint32(b[8:]))] = request{
			key: int16(binary.BigEndian.Uint16(b[4:])), version: int16(binary.BigEndian.Uint16(b[6:])),
		}
		c.mu.Unlock()
	}
	return c.Conn.Write(b)
}

// Read implements net.Conn.
func (c *conn) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		frame, err := c.response()
		if err != nil {
			return 0, err
		}
		c.rest = frame
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// response reads one whole response. That it has been read by nobody else means
// that the request was applied, whatever happens to the response.
func (c *conn) response() ([]byte, error) {
	frame := make([]byte, 4, 512)
	if _, err := io.ReadFull(c.Conn, frame); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(frame))
	frame = append(frame, make([]byte, n)...)
	if _, err := io.ReadFull(c.Conn, frame[4:]); err != nil {
		return nil, err
	}
	r := c.answered(frame)
	if err := c.wait(r); err != nil {
		return nil, err
	}
	if _, err := c.wire.pass(c.closed); err != nil {
		return nil, err
	}
	if err := c.wire.count(); err != nil {
		return nil, err
	}
	return c.wire.spoils.spoil(r, frame)
}

// answered returns the request that a response belongs to.
func (c *conn) answered(frame []byte) request {
	if len(frame) < 8 {
		return request{}
	}
	id := int32(binary.BigEndian.Uint32(frame[4:]))
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.sent[id]
	delete(c.sent, id)
	return r
}

// wait lets time pass before the answer to a fetch arrives.
func (c *conn) wait(r request) error {
	if r.key != keyFetch || c.wire.lag == 0 {
		return nil
	}
	timer := time.NewTimer(c.wire.lag)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.closed:
		return net.ErrClosed
	}
}
