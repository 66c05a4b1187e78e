package format

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/escape"
)

// Unescape appends the text of a field to dst, with escapes resolved.
func Unescape(dst []byte, f *feedgauge.Field) []byte { return escape.Append(dst, f) }
