package backtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// month is the mean length of one.
const month = 365.25 / 12 * 24 * float64(time.Hour/time.Millisecond)

// Summary is the result in numbers.
type Summary struct {
	Version              int            `json:"version"`
	Feeds                int            `json:"feeds"`
	Rows                 int            `json:"rows"` // windows run
	Rejected             map[string]int `json:"rejected"`
	Findings             map[string]int `json:"findings"` // by kind
	FeedMonths           float64        `json:"feed_months"`
	FindingsPerFeedMonth float64        `json:"findings_per_feed_month"`
	PerFeed              []FeedSummary  `json:"per_feed"`
}

// FeedSummary is what came of one feed in numbers.
type FeedSummary struct {
	Feed                 string         `json:"feed"`
	Class                string         `json:"class"`
	EverySeconds         float64        `json:"every_seconds"`
	Rows                 int            `json:"rows"`
	Judged               int            `json:"judged"` // windows with a forecast
	Findings             map[string]int `json:"findings"`
	FeedMonths           float64        `json:"feed_months"`
	FindingsPerFeedMonth float64        `json:"findings_per_feed_month"`
	// NoticedSeconds says within how many seconds after the last window a loss
	// of so many percent would be noticed, in four of five cases. A loss that
	// would take more than a week is left out.
	NoticedSeconds map[string]float64 `json:"noticed_seconds,omitempty"`
}

// Summary sums up the result. Months are those of judged windows.
func (r *Result) Summary() Summary {
	s := Summary{Version: 1, Feeds: len(r.Feeds), Rejected: r.Rejected, Findings: map[string]int{}, PerFeed: []FeedSummary{}}
	total, months := 0, 0.0
	for _, f := range r.Feeds {
		fs := FeedSummary{
			Feed: f.Name, Class: f.Class, EverySeconds: float64(f.Every) / 1000, Rows: f.Rows, Judged: f.Judged, Findings: map[string]int{},
		}
		for _, x := range f.Findings {
			fs.Findings[string(x.Kind)]++
			s.Findings[string(x.Kind)]++
		}
		m := float64(f.Judged) * float64(f.Every) / month
		fs.FeedMonths, fs.FindingsPerFeedMonth = round(m), rate(len(f.Findings), m)
		for _, n := range f.Noticed {
			if fs.NoticedSeconds == nil {
				fs.NoticedSeconds = map[string]float64{}
			}
			fs.NoticedSeconds[strconv.Itoa(int(math.Round(100*n.Loss)))] = n.Within.Seconds()
		}
		s.PerFeed = append(s.PerFeed, fs)
		s.Rows += f.Rows
		total += len(f.Findings)
		months += m
	}
	s.FeedMonths, s.FindingsPerFeedMonth = round(months), rate(total, months)
	return s
}

func rate(n int, months float64) float64 {
	if months <= 0 {
		return 0
	}
	return round(float64(n) / months)
}

func round(x float64) float64 { return math.Round(x*1000) / 1000 }

// WriteJSON writes the summary as JSON.
func (s *Summary) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	return nil
}
