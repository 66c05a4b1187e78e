// Package control lets a command speak to a process of the monitor on the same
// machine: HTTP over a socket in the file system, which only the user that the
// process runs as may open. No port is opened, and no secret is needed.
package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Server answers on the socket of one process.
type Server struct {
	listener net.Listener
	http     *http.Server
}

// Listen opens the socket of this process, which runs the configuration in files,
// in dir. Each request to reload calls reload; its error is the answer.
func Listen(ctx context.Context, dir string, files []string, reload func(context.Context) error) (*Server, error) {
	path := socket(dir, files, strconv.Itoa(os.Getpid()))
	_ = os.Remove(path) // left by a process of this number that was killed
	var conf net.ListenConfig
	l, err := conf.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("closing the control socket to others: %w", err), l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reload", func(w http.ResponseWriter, r *http.Request) {
		if err := reload(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		}
	})
	return &Server{listener: l, http: &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}}, nil
}

// Serve answers until the server is closed.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends the server and removes the socket.
func (s *Server) Close() error { return s.http.Close() }

// Dir is where sockets lie unless somebody says otherwise.
func Dir() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return dir
	}
	return os.TempDir()
}

// socket is the path of the socket of the process with that number, which may be a
// pattern. Relative names of files are those of the folder the process runs in.
func socket(dir string, files []string, pid string) string {
	h := sha256.New()
	for _, f := range files {
		if abs, err := filepath.Abs(f); err == nil {
			f = abs
		}
		_, _ = io.WriteString(h, f+"\x00") // a hash takes all there is
	}
	return filepath.Join(dir, "feedgauge-"+hex.EncodeToString(h.Sum(nil)[:6])+"-"+pid+".sock")
}

// Process is a running process that can be spoken to.
type Process struct {
	PID    string
	client *http.Client
}

// Find returns the processes that run the configuration in files, by number.
// Sockets that killed processes have left are removed.
func Find(ctx context.Context, dir string, files []string) ([]Process, error) {
	pattern := socket(dir, files, "*")
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("looking for %q: %w", pattern, err)
	}
	slices.Sort(paths)
	prefix, suffix, _ := strings.Cut(pattern, "*")
	var out []Process
	for _, path := range paths {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", path)
		if err != nil {
			_ = os.Remove(path)
			continue
		}
		_ = c.Close()
		out = append(out, Process{PID: strings.TrimSuffix(strings.TrimPrefix(path, prefix), suffix), client: client(path)})
	}
	return out, nil
}

func client(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
	}}
}

// RefusedError is a process's word on why it has changed nothing.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return e.Text }

// Reload asks a process to read its configuration anew, and waits for the outcome:
// nil if it is in force, a [RefusedError] if the process has refused it.
func (p Process) Reload(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://feedgauge/reload", nil)
	if err != nil {
		return fmt.Errorf("asking process %s: %w", p.PID, err)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("asking process %s: %w", p.PID, err)
	}
	defer func() { _ = resp.Body.Close() }() // all of it was read
	const most = 4 << 20
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	switch {
	case err != nil:
		return fmt.Errorf("reading the answer of process %s: %w", p.PID, err)
	case resp.StatusCode != http.StatusOK:
		return &RefusedError{strings.TrimSpace(string(body))}
	}
	return nil
}
