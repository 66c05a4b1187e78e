package score

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/feedgauge/feedgauge"
)

// ReadLabels reads a CSV file with a header and the columns feed, start, end and
// kind, in this order.
func ReadLabels(r io.Reader) (map[string][]Label, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = 4
	rows, err := c.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading labels: %w", err)
	}
	out := map[string][]Label{}
	for i, row := range rows {
		if i == 0 {
			continue
		}
		start, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			return nil, fmt.Errorf("label in row %d: %w", i+1, err)
		}
		end, err := time.Parse(time.RFC3339, row[2])
		if err != nil {
			return nil, fmt.Errorf("label in row %d: %w", i+1, err)
		}
		out[row[0]] = append(out[row[0]], Label{feedgauge.InstantOf(start), feedgauge.InstantOf(end), row[3]})
	}
	return out, nil
}
