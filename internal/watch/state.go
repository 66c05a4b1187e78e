package watch

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// stateVersion is the version of a feed's saved state and of meta.
const stateVersion = 1

// State is the readable part of a feed's saved state: what an inventory needs.
type State struct {
	Feed     feedgauge.FeedID
	Class    string
	Source   string
	Format   string
	Unit     string
	Period   int64             // ms, zero where silence is not judged
	First    feedgauge.Instant // first arrival ever
	Last     feedgauge.Instant // last arrival in a closed window
	Size     int64             // bytes in the last window with arrivals
	Status   feedgauge.Status
	Reason   string // why the status is unknown
	FoldedTo int64
	Late     int64
	Findings []string           // uids of open findings
	Readings feedgauge.Readings // of measures other than the events, in the last closed window

	cursor   feedgauge.Window
	closed   bool
	deadline feedgauge.Instant
	frozen   int64
	empty    int64
	events   int64
	since    feedgauge.Instant
	retire   feedgauge.Instant
	recut    feedgauge.Instant
	calm     int64
	muted    mute
	group    bool
	gone     bool
	forecast string
	model    []byte // of the events
	tracked  []trackedState
	learnt   []byte
	clock    []byte
	past     []byte
	pages    []rules.Page
	pending  []pendingState
}

type trackedState struct {
	measure string
	model   []byte
	found   feedgauge.Instant
	open    bool
}

type pendingState struct {
	window feedgauge.Window
	tally  feedgauge.FeedTally
}

// Field numbers of a feed's state. They are never reused.
const (
	stTenant protowire.Number = iota + 1
	stName
	stClass
	stSource
	stFormat
	stUnit
	stPeriod
	stFirst
	stLast
	stSize
	stStatus
	stFoldedTo
	stLate
	stCursorStart
	stCursorLength
	stClosed
	stDeadline
	stFrozen
	stForecast
	stModel
	stPage
	stPending
	stEmpty
	stEvents
	stSince
	stMuteUntil
	stMuteWho
	stMuteWhy
	stReason
	stGroup
	stRetire
	stCalm
	stRecut
	stLearnt
	stReading
	stGone
	stClock
	stTracked
	stPast
)

// Field numbers of a measure that is forecast. The model of the events is in the
// field of its own.
const (
	trMeasure protowire.Number = iota + 1
	trModel
	trFound
	trOpen
)

const (
	pgRule protowire.Number = iota + 1
	pgHeld
	pgFailed
	pgOpen
	pgUID
	pgSequence
	pgOpened
	pgSince
	pgCalmed
	pgWhen
	pgSeverity
)

const (
	pdStart protowire.Number = iota + 1
	pdLength
	pdTally
)

// appendState writes f's state behind b.
func appendState(b []byte, f *feed) []byte {
	b = append(b, stateVersion)
	b = journal.AppendText(b, stTenant, f.facts.Feed.Tenant)
	b = journal.AppendText(b, stName, f.facts.Feed.Name)
	b = journal.AppendText(b, stClass, f.class.Name)
	b = journal.AppendText(b, stSource, f.facts.Source)
	b = journal.AppendText(b, stFormat, f.class.Format)
	b = journal.AppendText(b, stUnit, f.class.Unit)
	b = journal.AppendInt(b, stPeriod, f.facts.Period.Milliseconds())
	b = journal.AppendInt(b, stFirst, int64(f.first))
	b = journal.AppendInt(b, stLast, int64(f.last))
	b = journal.AppendInt(b, stSize, f.size)
	b = journal.AppendText(b, stStatus, string(f.status))
	b = journal.AppendInt(b, stFoldedTo, f.foldedTo)
	b = journal.AppendInt(b, stLate, f.late)
	b = appendWindow(b, stCursorStart, stCursorLength, f.cursor)
	b = journal.AppendInt(b, stClosed, flag(f.closed))
	b = journal.AppendInt(b, stDeadline, int64(f.deadline))
	b = journal.AppendInt(b, stFrozen, int64(f.frozen))
	b = journal.AppendInt(b, stEmpty, int64(f.empty))
	b = journal.AppendInt(b, stEvents, f.events)
	b = journal.AppendInt(b, stSince, int64(f.since))
	b = journal.AppendInt(b, stRetire, int64(f.retire))
	b = journal.AppendInt(b, stCalm, int64(f.calm))
	b = journal.AppendInt(b, stRecut, int64(f.recut))
	b = journal.AppendInt(b, stMuteUntil, int64(f.muted.until))
	b = journal.AppendText(b, stMuteWho, f.muted.who)
	b = journal.AppendText(b, stMuteWhy, f.muted.why)
	b = journal.AppendText(b, stReason, f.reason)
	b = appendForecasts(b, f)
	b = journal.AppendText(b, stLearnt, string(f.learnt))
	for i := range f.readings {
		b = journal.AppendMessage(b, stReading, func(b []byte) []byte { return journal.AppendReading(b, &f.readings[i]) })
	}
	if f.class.Clocks {
		b = journal.AppendMessage(b, stClock, f.clock.Append)
	}
	if f.class.Whole {
		b = journal.AppendMessage(b, stPast, f.past.Append)
	}
	for i := range f.book.Pages {
		b = journal.AppendMessage(b, stPage, func(b []byte) []byte { return appendPage(b, &f.book.Pages[i]) })
	}
	for _, p := range f.pending.All() {
		b = journal.AppendMessage(b, stPending, func(b []byte) []byte {
			b = appendWindow(b, pdStart, pdLength, p.Window)
			return journal.AppendMessage(b, pdTally, func(b []byte) []byte { return journal.AppendFeed(b, p.Window.Start, &p.Tally) })
		})
	}
	return b
}

// appendGone writes that a feed was forgotten, behind b.
func appendGone(b []byte, id feedgauge.FeedID, at int64) []byte {
	b = append(b, stateVersion)
	b = journal.AppendText(b, stTenant, id.Tenant)
	b = journal.AppendText(b, stName, id.Name)
	b = journal.AppendInt(b, stFoldedTo, at)
	return journal.AppendInt(b, stGone, 1)
}

// appendForecasts writes what is forecast of f.
func appendForecasts(b []byte, f *feed) []byte {
	if !f.facts.Forecasts {
		return b
	}
	b = journal.AppendText(b, stForecast, f.class.Forecast)
	if f.model.model != nil {
		b = journal.AppendMessage(b, stModel, f.model.model.Append)
	}
	for _, t := range f.all() {
		if t.model == nil || t == &f.model && t.found == feedgauge.Before {
			continue
		}
		b = journal.AppendMessage(b, stTracked, func(b []byte) []byte {
			b = journal.AppendText(b, trMeasure, t.measure)
			if t != &f.model {
				b = journal.AppendMessage(b, trModel, t.model.Append)
			}
			if t.found != feedgauge.Before {
				b = journal.AppendInt(b, trFound, int64(t.found))
			}
			return journal.AppendInt(b, trOpen, flag(t.open))
		})
	}
	return b
}

// appendGroup writes the state of a group behind b: its findings.
func appendGroup(b []byte, g *group) []byte {
	b = append(b, stateVersion)
	b = journal.AppendText(b, stTenant, g.conf.Tenant)
	b = journal.AppendText(b, stName, g.conf.Name)
	b = journal.AppendText(b, stClass, g.facts.Class)
	b = journal.AppendText(b, stSource, g.facts.Source)
	b = journal.AppendText(b, stStatus, string(g.book.Status(g.rules, false)))
	b = journal.AppendInt(b, stFoldedTo, g.foldedTo)
	b = journal.AppendInt(b, stGroup, 1)
	for i := range g.book.Pages {
		b = journal.AppendMessage(b, stPage, func(b []byte) []byte { return appendPage(b, &g.book.Pages[i]) })
	}
	return b
}

func appendWindow(b []byte, start, length protowire.Number, w feedgauge.Window) []byte {
	b = journal.AppendInt(b, start, int64(w.Start))
	return journal.AppendInt(b, length, int64(w.End-w.Start))
}

func appendPage(b []byte, p *rules.Page) []byte {
	b = journal.AppendText(b, pgRule, p.Rule)
	b = journal.AppendInt(b, pgHeld, int64(p.Held))
	b = journal.AppendInt(b, pgFailed, int64(p.Failed))
	b = journal.AppendInt(b, pgOpen, flag(p.Open))
	b = journal.AppendText(b, pgUID, p.UID)
	b = journal.AppendInt(b, pgSequence, int64(p.Sequence))
	b = journal.AppendInt(b, pgOpened, int64(p.Opened))
	b = journal.AppendInt(b, pgSince, int64(p.Since))
	b = journal.AppendInt(b, pgCalmed, int64(p.Calmed))
	b = journal.AppendText(b, pgWhen, p.When)
	return journal.AppendText(b, pgSeverity, string(p.Severity))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// DecodeState reads a feed's saved state.
func DecodeState(b []byte) (*State, error) {
	if len(b) == 0 || b[0] == 0 {
		return nil, fmt.Errorf("state: %w", journal.ErrMalformed)
	}
	if b[0] > stateVersion {
		return nil, fmt.Errorf("state of version %d: %w", b[0], journal.ErrNewer)
	}
	s := &State{}
	var length int64
	err := journal.Fields(b[1:], func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case stCursorLength:
			length = journal.Int(v)
		case stPage:
			return s.page(data)
		case stPending:
			return s.pend(data)
		case stTracked:
			return s.track(data)
		case stReading:
			return journal.DecodeReading(data, &s.Readings)
		default:
			s.text(num, data)
			s.number(num, journal.Int(v))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	s.cursor.End = s.cursor.Start + feedgauge.Instant(length)
	return s, nil
}

func (s *State) text(num protowire.Number, data []byte) {
	switch num {
	case stTenant:
		s.Feed.Tenant = string(data)
	case stName:
		s.Feed.Name = string(data)
	case stClass:
		s.Class = string(data)
	case stSource:
		s.Source = string(data)
	case stFormat:
		s.Format = string(data)
	case stUnit:
		s.Unit = string(data)
	case stStatus:
		s.Status = feedgauge.Status(data)
	case stReason:
		s.Reason = string(data)
	case stMuteWho:
		s.muted.who = string(data)
	case stMuteWhy:
		s.muted.why = string(data)
	case stForecast:
		s.forecast = string(data)
	case stModel:
		s.model = data
	case stLearnt:
		s.learnt = data
	case stClock:
		s.clock = data
	case stPast:
		s.past = data
	}
}

func (s *State) number(num protowire.Number, v int64) {
	switch num {
	case stPeriod:
		s.Period = v
	case stFirst:
		s.First = feedgauge.Instant(v)
	case stLast:
		s.Last = feedgauge.Instant(v)
	case stSize:
		s.Size = v
	case stFoldedTo:
		s.FoldedTo = v
	case stLate:
		s.Late = v
	case stCursorStart:
		s.cursor.Start = feedgauge.Instant(v)
	case stClosed:
		s.closed = v != 0
	case stDeadline:
		s.deadline = feedgauge.Instant(v)
	case stFrozen:
		s.frozen = v
	case stEmpty:
		s.empty = v
	case stEvents:
		s.events = v
	case stSince:
		s.since = feedgauge.Instant(v)
	case stMuteUntil:
		s.muted.until = feedgauge.Instant(v)
	case stCalm:
		s.calm = v
	case stRecut:
		s.recut = feedgauge.Instant(v)
	case stRetire:
		s.retire = feedgauge.Instant(v)
	case stGroup:
		s.group = v != 0
	case stGone:
		s.gone = v != 0
	}
}

// Gone reports whether the feed was forgotten: there is nothing more to say of it.
func (s *State) Gone() bool { return s.gone }

func (s *State) track(b []byte) error {
	t := trackedState{found: feedgauge.Before}
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case trMeasure:
			t.measure = string(data)
		case trModel:
			t.model = data
		case trFound:
			t.found = feedgauge.Instant(journal.Int(v))
		case trOpen:
			t.open = journal.Int(v) != 0
		}
		return nil
	})
	s.tracked = append(s.tracked, t)
	return err
}

func (s *State) page(b []byte) error {
	var p rules.Page
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case pgRule:
			p.Rule = string(data)
		case pgHeld:
			p.Held = int(journal.Int(v))
		case pgFailed:
			p.Failed = int(journal.Int(v))
		case pgOpen:
			p.Open = journal.Int(v) != 0
		case pgUID:
			p.UID = string(data)
		case pgSequence:
			p.Sequence = int(journal.Int(v))
		case pgOpened:
			p.Opened = feedgauge.Instant(journal.Int(v))
		case pgSince:
			p.Since = feedgauge.Instant(journal.Int(v))
		case pgCalmed:
			p.Calmed = feedgauge.Instant(journal.Int(v))
		case pgWhen:
			p.When = string(data)
		case pgSeverity:
			p.Severity = feedgauge.Severity(data)
		}
		return nil
	})
	if p.Open {
		s.Findings = append(s.Findings, p.UID)
	}
	s.pages = append(s.pages, p)
	return err
}

func (s *State) pend(b []byte) error {
	var p pendingState
	var length int64
	var tally []byte
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case pdStart:
			p.window.Start = feedgauge.Instant(journal.Int(v))
		case pdLength:
			length = journal.Int(v)
		case pdTally:
			tally = data
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.window.End = p.window.Start + feedgauge.Instant(length)
	s.pending = append(s.pending, p)
	return journal.DecodeFeed(tally, p.window.Start, &s.pending[len(s.pending)-1].tally)
}
