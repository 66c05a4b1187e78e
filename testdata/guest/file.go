package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/feedgauge/feedgauge"
)

// File is a sink that appends alerts to a file, one JSON object a line.
type File struct {
	Path string `hcl:"path" doc:"the file; it is created"`
}

// Build implements [feedgauge.SinkConfig].
func (f *File) Build(feedgauge.Env) (feedgauge.Sink, error) {
	if f.Path == "" {
		return nil, &feedgauge.FieldError{Field: "path", Msg: "the name is empty"}
	}
	return &file{path: f.Path}, nil
}

type file struct {
	path string
}

// Write implements [feedgauge.Sink].
func (f *file) Write(_ context.Context, alerts []feedgauge.Alert) error {
	var lines bytes.Buffer
	for i := range alerts {
		lines.Write(alerts[i].Value)
		lines.WriteByte('\n')
	}
	out, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the file of alerts: %w", err)
	}
	if _, err := out.Write(lines.Bytes()); err != nil {
		_ = out.Close()
		return fmt.Errorf("appending alerts: %w", err)
	}
	if err := out.Sync(); err != nil {
		_ = out.Close()
		return fmt.Errorf("keeping alerts: %w", err)
	}
	return out.Close()
}

// Close implements [feedgauge.Sink].
func (*file) Close() error { return nil }
