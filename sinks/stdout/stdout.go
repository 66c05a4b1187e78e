// Package stdout is the sink for people: it prints each alert as one line.
package stdout

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// The values of encode.
const (
	Text = "text" // one sentence a line
	OCSF = "ocsf" // the encoded record, as it is in the alerts topic
)

// Config is the configuration of the sink.
type Config struct {
	Encode     string `hcl:"encode,optional" doc:"text for one sentence a line, ocsf for the record as JSON" default:"text"`
	Historical bool   `hcl:"historical,optional" doc:"print findings from a replay or from catching up, too, instead of their number" default:"false"`
}

// NewConfig returns the configuration with its defaults filled in.
func NewConfig() *Config { return &Config{Encode: Text} }

// Build implements [feedgauge.SinkConfig]: a sink on the standard output.
func (c *Config) Build(feedgauge.Env) (feedgauge.Sink, error) {
	return c.To(os.Stdout)
}

// To returns a sink that writes to w. Of a terminal it minds the width,
// and colours severities unless the environment holds NO_COLOR.
func (c *Config) To(w io.Writer) (*Sink, error) {
	if c.Encode != Text && c.Encode != OCSF {
		return nil, &feedgauge.FieldError{
			Field: "encode",
			Msg:   fmt.Sprintf("unknown encoding %q", c.Encode),
			Hint:  `use "text" or "ocsf"`,
		}
	}
	return &Sink{
		out: w, ocsf: c.Encode == OCSF, historical: c.Historical,
		screen: screen.Of(w),
	}, nil
}

// Sink prints alerts. It may be shared by several writers; the lines of one
// Write stay together.
type Sink struct {
	ocsf, historical bool
	screen           screen.Screen

	mu    sync.Mutex
	out   io.Writer
	past  int // historical findings not printed so far
	quiet int // alerts not printed that opened no finding
}

// Write prints alerts, each on a line of its own. Of those that are not live it
// prints first, and only, how many findings they opened, unless historical is set; with
// encode = "ocsf" not even that, so that every line is a record. An alert that
// cannot be read is printed as what is wrong with it: the sink is for people,
// and the alerts topic still holds the record.
func (s *Sink) Write(_ context.Context, alerts []feedgauge.Alert) error {
	var lines, buf bytes.Buffer
	past, quiet := 0, 0
	for i := range alerts {
		switch {
		case alerts[i].Live || s.historical:
			s.line(&lines, &alerts[i])
		case opens(&alerts[i]):
			past++
		default:
			quiet++
		}
	}
	if past > 0 {
		s.note(&buf, "... %d historical %s (not printed)\n", past, findings(past))
	}
	buf.Write(lines.Bytes())
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flush(&buf); err != nil {
		return err
	}
	s.past += past
	s.quiet += quiet
	return nil
}

// Close prints once how many findings were not printed in all. It leaves the
// writer open.
func (s *Sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var buf bytes.Buffer
	if s.past > 0 || s.quiet > 0 {
		s.note(&buf, "... %d historical %s in all, told in %d alerts (not printed)\n",
			s.past, findings(s.past), s.past+s.quiet)
	}
	s.past, s.quiet = 0, 0
	return s.flush(&buf)
}

// flush writes all lines at once, so that those of other writers to the same
// terminal do not come between them.
func (s *Sink) flush(buf *bytes.Buffer) error {
	if buf.Len() == 0 {
		return nil
	}
	if _, err := s.out.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("print alerts: %w", err)
	}
	return nil
}

// note adds a line that is not an alert.
func (s *Sink) note(buf *bytes.Buffer, format string, args ...any) {
	if !s.ocsf {
		fmt.Fprintf(buf, format, args...)
	}
}

func (s *Sink) line(buf *bytes.Buffer, a *feedgauge.Alert) {
	if s.ocsf {
		buf.Write(a.Value)
		buf.WriteByte('\n')
		return
	}
	sum, err := ocsf.Summarize(a.Value)
	if err != nil {
		fmt.Fprintf(buf, "unreadable alert %q: %v\n", a.Key, err)
		return
	}
	buf.WriteString(Line(&sum, s.screen))
	buf.WriteByte('\n')
}

// opens reports whether a is the opening step of a finding. One that cannot be
// read counts as an opening, rather than be lost from the number.
func opens(a *feedgauge.Alert) bool {
	sum, err := ocsf.Summarize(a.Value)
	return err != nil || sum.Activity == feedgauge.Open
}

func findings(n int) string {
	if n == 1 {
		return "finding"
	}
	return "findings"
}
