package scenario_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

// speaker is a program at the broker's address that is none. It is called for each
// connection.
type speaker func(c net.Conn)

// after answers what it hears first.
func after(answer []byte) speaker {
	return func(c net.Conn) {
		defer c.Close()
		var size [4]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint32(size[:]))); err != nil {
			return
		}
		_, _ = c.Write(answer)
	}
}

// stays is after that does not hang up.
func stays(answer []byte) speaker {
	return func(c net.Conn) {
		defer c.Close()
		go func() { _, _ = c.Write(answer) }()
		_, _ = io.Copy(io.Discard, c)
	}
}

// endless sends random bytes as long as somebody listens.
func endless(c net.Conn) {
	defer c.Close()
	go func() { _, _ = io.Copy(io.Discard, c) }()
	r := rand.NewChaCha8([32]byte{3})
	for b := make([]byte, 512); ; {
		_, _ = r.Read(b) // never fails
		if _, err := c.Write(b); err != nil {
			return
		}
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{9})
	_, _ = r.Read(b) // never fails
	return b
}

// sized puts a length before bytes, whatever theirs is.
func sized(n uint32, b ...byte) []byte { return append(binary.BigEndian.AppendUint32(nil, n), b...) }

// strangers are what may answer at an address in place of a broker, and what the
// monitor should say of it.
func strangers() map[string]struct {
	speak speaker
	says  string
} {
	const noBroker = "no Kafka broker, or wants TLS: check the address and port"
	return map[string]struct {
		speak speaker
		says  string
	}{
		"random bytes":          {after(random(4096)), noBroker},
		"random bytes for ever": {endless, noBroker},
		"a web server":          {after([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")), noBroker},
		"a secure shell":        {stays([]byte("SSH-2.0-OpenSSH_9.9\r\n")), noBroker},
		"a TLS alert":           {after([]byte{0x15, 3, 1, 0, 2, 2, 70}), "wants TLS: add a tls block"},
		"a length of 2 GB":      {stays(sized(0x7fffffff)), noBroker},
		"a length below zero":   {after(sized(0xffffffff, random(64)...)), noBroker},
		"a length of nothing":   {after(sized(0)), noBroker},
		"an answer to another":  {after(sized(64, random(64)...)), noBroker},
		"an answer cut short":   {after(sized(64, 0, 0, 0, 0, 0, 0)), "the far end hung up"},
		"a length, and nothing": {stays(sized(1000)), "nobody answers there"},
		"nothing at all":        {stays(nil), "nobody answers there"},
		"somebody who hangs up": {after(nil), "hung up on our first words"},
	}
}

// impostor takes the broker's address until it is closed.
func (w *world) impostor(speak speaker) (leave func()) {
	w.t.Helper()
	l, err := w.net.Listen("tcp", brokerAddr())
	if err != nil {
		w.t.Fatal(err)
	}
	var mu sync.Mutex
	var conns []net.Conn
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			all.Go(func() { speak(c) })
		}
	})
	return func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	}
}

// diary is what a member has logged.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(b)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

func (d *diary) logger() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Info, Output: d, DisableTime: true})
}

// A process that answers in place of the broker is told of, with what to do, and
// looked at again after pauses, not in a loop. When the broker is there, the monitor
// begins, without anybody's help.
func TestStrangerAtTheBrokersAddress(t *testing.T) {
	for name, tt := range strangers() {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.broker.Close()
				leave := w.impostor(tt.speak)
				var d diary
				m := w.start("a", options{log: d.logger()})
				time.Sleep(10 * time.Minute)
				m.patient(0, 10*time.Minute)
				if !strings.Contains(d.String(), tt.says) {
					t.Errorf("not told %q, but\n%.3000s", tt.says, d.String())
				}
				leave()
				w.boot()
				w.pass(10 * time.Minute)
				w.calm()
				w.misses("web-0")
			})
		})
	}
}

// Somebody else takes the broker's address while the monitor is at work: it says so,
// tells nothing of feeds that it cannot see, and goes on by itself afterwards.
func TestStrangerWhileAtWork(t *testing.T) {
	for _, name := range []string{"random bytes", "a TLS alert", "an answer to another", "an answer cut short", "nothing at all"} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var d diary
				m := w.start("a", options{log: d.logger()})
				w.pass(20 * time.Minute)
				before := m.link.tried()
				w.way.cut() // collectors keep what they have
				w.broker.Close()
				leave := w.impostor(strangers()[name].speak)
				w.pass(10 * time.Minute)
				m.patient(before, 10*time.Minute)
				if says := strangers()[name].says; !strings.Contains(d.String(), says) {
					t.Errorf("not told %q, but\n%.3000s", says, d.String())
				}
				leave()
				w.boot()
				w.way.mend()
				w.pass(15 * time.Minute)
				w.calm()
				w.whole("web-1", "web-2")
				w.misses("web-0")
			})
		})
	}
}

// patient fails the test if a member has tried to connect more often since than
// clients do that wait half a second in between on average, or not at all.
func (m *member) patient(before int, since time.Duration) {
	m.w.t.Helper()
	const clients = 6 // of intake and watch: their sessions, their side channels, and those that ask for topics
	tries := m.link.tried() - before
	if most := 2 * clients * int(since/time.Second); tries > most || tries < 5 {
		m.w.t.Errorf("%d tries in %v", tries, since)
	}
}
