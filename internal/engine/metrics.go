package engine

import (
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
)

// metrics are the engine's own measurements. Counters of records rise only with
// the commit of the transaction that holds them.
type metrics struct {
	read, accepted prometheus.Counter
	rejected       *prometheus.CounterVec
	transactions   *prometheus.CounterVec
	rebuilds       *prometheus.CounterVec
	pollErrors     *prometheus.CounterVec
	steps          *prometheus.CounterVec
	windows        prometheus.Counter
	late           prometheus.Counter
	failedRules    prometheus.Counter
	unreadable     prometheus.Counter
	lost           prometheus.Counter
	delivered      *prometheus.CounterVec
	feeds          *prometheus.GaugeVec
	effective      *prometheus.GaugeVec
	lanes          *prometheus.GaugeVec
	blocked        *prometheus.GaugeVec
	ahead          prometheus.Gauge
	gaps           prometheus.Counter
	missed         *prometheus.CounterVec

	mu       sync.Mutex
	sum      Totals
	standing standing
}

// Totals are counts of committed work since the start of the process.
type Totals struct {
	Read, Accepted int64
	Rejected       map[feedgauge.Reason]int64
	Opened, Closed int64 // findings
	Historical     int64 // opened findings that were found while catching up
	Windows        int64 // windows closed
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "feedgauge", Name: name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "feedgauge", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "feedgauge", Name: name, Help: help}, labels)
	}
	m := &metrics{
		read:         counter("records_read_total", "Raw records read; equals accepted plus all rejected."),
		accepted:     counter("records_accepted_total", "Raw records counted for a feed, malformed ones too."),
		rejected:     vec("records_rejected_total", "Raw records not counted for any feed, by reason.", "reason"),
		transactions: vec("transactions_total", "Transactions, by role and how they ended.", "role", "end"),
		rebuilds:     vec("role_restarts_total", "Restarts of a role inside the process.", "role"),
		pollErrors:   vec("poll_errors_total", "Polls that failed in a way that passes.", "role"),
		steps:        vec("finding_steps_total", "Steps of findings, by rule and activity.", "rule", "activity"),
		windows:      counter("windows_closed_total", "Windows closed."),
		late:         counter("late_arrivals_total", "Arrivals that came after their window was closed."),
		failedRules:  counter("rule_errors_total", "Conditions that could not be evaluated."),
		unreadable:   counter("journal_unreadable_total", "Journal records that could not be read."),
		lost:         counter("records_lost_total", "Raw records that retention deleted before they were read."),
		delivered:    vec("alerts_delivered_total", "Alerts handed to a sink.", "sink"),
		feeds:        gauge("feeds", "Feeds watched by this process, by journal partition.", "partition"),
		effective:    gauge("watermark_seconds", "Effective watermark of a source in a journal partition.", "source", "partition"),
		lanes:        gauge("lanes", "Lanes or journal partitions owned, by role and worker.", "role", "worker"),
		blocked:      gauge("lanes_blocked", "Lanes held back by an outside transaction, by topic.", "topic"),
		ahead:        prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "clock_ahead_seconds", Help: "How far the clock of this process is ahead of the broker's, by which lanes are judged; negative if it is behind."}),
		gaps:         counter("gaps_total", "Stretches of raw records lost before they were read."),
		missed:       vec("measure_misses_total", "Events that a measure could not be made of, such as for want of a field, by class and measure.", "class", "measure"),
		sum:          Totals{Rejected: make(map[feedgauge.Reason]int64)},
	}
	var errs []error
	for _, c := range []prometheus.Collector{
		m.read, m.accepted, m.rejected, m.transactions, m.rebuilds, m.pollErrors, m.steps, m.windows, m.late,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "coverage_ratio", Help: "Share of the feeds watched by this process that can be judged now."}, m.coverage),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "watermark_lag_seconds", Help: "How far the lowest watermark of all partitions owned is behind the clock; while none is known, the time since the start."}, m.lag),
		m.failedRules, m.unreadable, m.lost, m.delivered, m.feeds, m.effective, m.lanes, m.blocked, m.ahead, m.gaps, m.missed,
	} {
		errs = append(errs, reg.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("registering metrics: %w", err)
	}
	for _, r := range []feedgauge.Reason{feedgauge.NoFeed, feedgauge.BadName} {
		m.rejected.WithLabelValues(string(r)) // shown as zero from the start
	}
	return m, nil
}

// readDone adds what a committed intake transaction has read.
func (m *metrics) readDone(r intake.Read) {
	m.read.Add(float64(r.Records))
	m.accepted.Add(float64(r.Accepted))
	for of, n := range r.Missed {
		m.missed.WithLabelValues(of.Class, of.Name).Add(float64(n))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum.Read += r.Records
	m.sum.Accepted += r.Accepted
	for reason, n := range r.Rejected {
		m.rejected.WithLabelValues(string(reason)).Add(float64(n))
		m.sum.Rejected[reason] += n
	}
}

// stepsDone adds the steps of a committed watch transaction.
func (m *metrics) stepsDone(steps []stepDone, windows int64) {
	m.windows.Add(float64(windows))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum.Windows += windows
	for _, s := range steps {
		m.steps.WithLabelValues(s.rule, s.activity.String()).Inc()
		switch s.activity {
		case feedgauge.Open:
			m.sum.Opened++
			if !s.live {
				m.sum.Historical++
			}
		case feedgauge.Close:
			m.sum.Closed++
		case feedgauge.Update:
		}
	}
}

type stepDone struct {
	rule     string
	activity feedgauge.Activity
	live     bool
}

func (m *metrics) totals() Totals {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.sum
	t.Rejected = make(map[feedgauge.Reason]int64, len(m.sum.Rejected))
	for r, n := range m.sum.Rejected {
		t.Rejected[r] = n
	}
	return t
}
