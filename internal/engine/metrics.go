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
	coverage, lag  prometheus.Gauge
	blocked        *prometheus.GaugeVec
	ahead          prometheus.Gauge
	gaps           prometheus.Counter

	mu    sync.Mutex
	sum   Totals
	marks map[string]feedgauge.Instant // lowest effective watermark of each owned partition

	covers map[string][2]int // feeds, and those that can be judged, of each owned partition
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
		coverage:     prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "coverage_ratio", Help: "Share of the feeds watched by this process that can be judged now."}),
		lag:          prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "watermark_lag_seconds", Help: "How far the lowest watermark of all partitions owned is behind the clock."}),
		blocked:      gauge("lanes_blocked", "Lanes held back by an outside transaction, by topic.", "topic"),
		ahead:        prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "feedgauge", Name: "clock_ahead_seconds", Help: "How far the clock of this process is ahead of the broker's, by which lanes are judged; negative if it is behind."}),
		gaps:         counter("gaps_total", "Stretches of raw records lost before they were read."),
		covers:       make(map[string][2]int),
		marks:        make(map[string]feedgauge.Instant),
		sum:          Totals{Rejected: make(map[feedgauge.Reason]int64)},
	}
	var errs []error
	for _, c := range []prometheus.Collector{
		m.read, m.accepted, m.rejected, m.transactions, m.rebuilds, m.pollErrors, m.steps, m.windows, m.late,
		m.failedRules, m.unreadable, m.lost, m.delivered, m.feeds, m.effective, m.lanes, m.coverage, m.lag, m.blocked, m.ahead, m.gaps,
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

// mark notes the lowest effective watermark of a partition's sources.
func (m *metrics) mark(partition string, at feedgauge.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.marks[partition] = at
}

// unmark forgets a partition that went to another owner.
func (m *metrics) unmark(partition string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.marks, partition)
	delete(m.covers, partition)
}

// watermark returns the lowest of all partitions, Before while one is unknown.
func (m *metrics) watermark(partitions int) feedgauge.Instant {
	m.mu.Lock()
	known := len(m.marks)
	m.mu.Unlock()
	if known < partitions {
		return feedgauge.Before
	}
	return m.lowest()
}

// forget drops what only the engine that ran last knew of its partitions.
func (m *metrics) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.marks)
	clear(m.covers)
	for _, g := range []*prometheus.GaugeVec{m.feeds, m.effective, m.lanes, m.blocked} {
		g.Reset()
	}
}

// lowest returns the lowest watermark of the partitions that are known, Before
// if none is.
func (m *metrics) lowest() feedgauge.Instant {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.marks) == 0 {
		return feedgauge.Before
	}
	low := feedgauge.After
	for _, at := range m.marks {
		low = min(low, at)
	}
	return low
}

// cover notes how many feeds of a partition there are, and can be judged.
func (m *metrics) cover(partition string, all, judgeable int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.covers[partition] = [2]int{all, judgeable}
	m.coverage.Set(m.share())
}

// coverageNow is the share of feeds that can be judged now, 1 without any.
func (m *metrics) coverageNow() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.share()
}

func (m *metrics) share() float64 {
	all, judgeable := 0, 0
	for _, c := range m.covers {
		all, judgeable = all+c[0], judgeable+c[1]
	}
	if all == 0 {
		return 1
	}
	return float64(judgeable) / float64(all)
}
