package ocsf

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// What OCSF's free-text resource type says of what a finding is about.
const (
	feedType    = "Log Feed"
	monitorType = "Log Monitor" // the monitor itself, or all of a source
)

// selfTenant is the tenant of findings about the monitor itself.
const selfTenant = "self"

// ofMonitor reports whether the finding is about the monitor, or about a source
// as a whole. Those are of no class; a feed always is.
func ofMonitor(s *feedgauge.Step) bool { return s.Feed.Tenant == selfTenant && s.Class == "" }

func subjectType(s *feedgauge.Step) string {
	if ofMonitor(s) {
		return monitorType
	}
	return feedType
}

func newFindingInfo(s *feedgauge.Step, end feedgauge.Instant) findingInfo {
	info := findingInfo{
		UID:       s.UID,
		Title:     subjectType(s) + " " + s.Feed.Name + ": " + s.Rule,
		Desc:      describe(s),
		Types:     []string{subjectType(s) + " " + capital(s.Rule)},
		Created:   millis(s.Opened),
		Modified:  millis(s.At),
		FirstSeen: millis(s.Since),
		LastSeen:  millis(end),
		Analytic:  newAnalytic(s),
	}
	if s.Source != "" {
		info.DataSources = []string{s.Source}
	}
	return info
}

// describe says in a sentence what the finding is; the numbers are in message.
func describe(s *feedgauge.Step) string {
	text := fmt.Sprintf("Feed %s of class %s met the condition of rule %s", s.Feed, s.Class, s.Rule)
	if ofMonitor(s) {
		text = fmt.Sprintf("The monitor says %s of %s", s.Rule, s.Feed.Name)
	}
	if known(s.Since) {
		text += " from " + s.Since.String()
	}
	if closed(s) {
		return text + " to " + s.End.String() + "."
	}
	return text + " on."
}

// statusDetail says why a step was taken, where that is not its rule's condition
// or somebody's word, and of a closing step how the episode ended.
func statusDetail(s *feedgauge.Step) string {
	var text string
	switch {
	case s.Retracted:
		text = "Retracted: it was never so. "
	case s.Muted:
		text = "The feed is muted. "
	}
	if s.Who == "" && s.Why != "" {
		text += "Reason: " + s.Why + ". "
	}
	if s.Activity == feedgauge.Close {
		text += outcome(s)
	}
	return strings.TrimSpace(text)
}

// outcome says how an episode ended.
func outcome(s *feedgauge.Step) string {
	subject := "The feed is "
	if ofMonitor(s) {
		subject = s.Feed.Name + " is "
	}
	text := subject + string(s.Status) + " again"
	if s.Status != feedgauge.OK {
		text = subject + string(s.Status) + " now"
	}
	if !known(s.End) {
		return text + "."
	}
	return text + "; the episode ended at " + s.End.String() + "."
}

// comment is what an operator said. A reason of the monitor's own, which nobody
// gave, is in the status's detail.
func comment(s *feedgauge.Step) string {
	if s.Who == "" {
		return ""
	}
	return s.Why
}

func newAnalytic(s *feedgauge.Step) analytic {
	a := analytic{UID: eventCode(s.Rule), Name: s.Rule, TypeID: 1, Type: "Rule", Desc: s.When}
	if forecasts(s) {
		a.TypeID, a.Type = 3, "Statistical"
	}
	return a
}

// forecasts reports whether the rule compares with a forecast. It looks at the
// condition, not at the numbers, so that an analytic keeps its type.
func forecasts(s *feedgauge.Step) bool { return strings.Contains(s.When, "forecast.") }

func newResource(s *feedgauge.Step) resource {
	r := resource{UID: escape(s.Feed.Tenant) + "/" + escape(s.Feed.Name), Name: s.Feed.Name, Type: subjectType(s)}
	if s.Owner != "" {
		r.Owner = &owner{s.Owner}
	}
	for key, value := range s.Labels {
		r.Labels = append(r.Labels, key+":"+value)
	}
	slices.Sort(r.Labels)
	return r
}

// escape keeps the parts of a resource's uid apart, as in a finding's uid.
func escape(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), "/", "%2F")
}

// newAnomalies sets what the measures came to in the window against their forecasts,
// of those that the rule looks at: where models have found something by themselves, of
// those in which they have. It is left out on closing, where the window is one that is
// back to the usual.
func newAnomalies(s *feedgauge.Step) (out []anomalies) {
	n := &s.Numbers
	if !forecasts(s) || n.Window == (feedgauge.Window{}) || s.Activity == feedgauge.Close {
		return nil
	}
	var looked, found feedgauge.Readings
	for _, r := range append(feedgauge.Readings{{Measure: "events", Value: float64(n.Counts.Events), Forecast: n.Forecast}}, n.Readings...) {
		if !r.Forecast.Ready || !strings.Contains(s.When, "forecast."+r.Measure+".") {
			continue
		}
		if looked = append(looked, r); r.Forecast.Anomaly.Kind != "" {
			found = append(found, r)
		}
	}
	if len(found) > 0 {
		looked = found
	}
	for i := range min(len(looked), maxMeasures) {
		out = append(out, newAnomaly(s, &looked[i]))
	}
	return out
}

func newAnomaly(s *feedgauge.Step, r *feedgauge.Reading) anomalies {
	span := timespan{TypeID: 9, Start: int64(s.Numbers.Window.Start), End: int64(s.Numbers.Window.End)} // 9: time interval
	usual := decimal(r.Forecast.Lower) + " to " + decimal(r.Forecast.Upper)
	value := func(value, text string) []pattern {
		return []pattern{{Parameter: r.Measure, Type: "count", Pattern: text, Observations: []observation{{Value: value, Timespan: span}}}}
	}
	return anomalies{
		Targets:   []target{{Name: s.Feed.Name, Type: feedType}},
		Baselines: value(decimal(r.Forecast.Expected), usual),
		Anomalies: value(decimal(r.Value), condition(s)),
	}
}

// maxCondition bounds a condition where it stands beside each measure, in bytes.
const maxCondition = 200

// condition is that of the rule, or where it is long the rule's name: the condition
// stands in the analytic.
func condition(s *feedgauge.Step) string {
	if len(s.When) > maxCondition {
		return s.Rule
	}
	return s.When
}

// maxMeasures bounds how many measures are told in one record: those that the rule
// looks at come first.
const maxMeasures = 8

func newMeasures(s *feedgauge.Step) (out []measure, more int) {
	readings := slices.Clone(s.Numbers.Readings)
	slices.SortStableFunc(readings, func(a, b feedgauge.Reading) int { return cmp.Compare(named(s, b.Measure), named(s, a.Measure)) })
	for i := range min(len(readings), maxMeasures) {
		r := &readings[i]
		m := measure{Name: r.Measure, Value: finite(r.Value)}
		if r.Forecast.Ready {
			m.Expected, m.Lower, m.Upper = finite(r.Forecast.Expected), finite(r.Forecast.Lower), finite(r.Forecast.Upper)
		}
		out = append(out, m)
	}
	return out, len(readings) - len(out)
}

// named is 1 where the condition names a measure, and 0 where it does not.
func named(s *feedgauge.Step, measure string) int {
	for _, name := range []string{"forecast." + measure + ".", "window.measures." + measure, "window." + measure} {
		if strings.Contains(s.When, name) {
			return 1
		}
	}
	return 0
}

func newNumbers(s *feedgauge.Step) numbers {
	n := &s.Numbers
	out := numbers{
		Schema: Schema, Tenant: s.Feed.Tenant, Feed: s.Feed.Name,
		Class: s.Class, Source: s.Source, Format: s.Format, Rule: s.Rule,
		Status: string(s.Status), Previous: string(s.Previous),
		Muted: s.Muted, Retracted: s.Retracted, Who: s.Who, Why: s.Why, Feeds: s.Feeds,
		Window: newWindow(n.Window),
		Events: n.Counts.Events, Bytes: n.Counts.Bytes, Lines: n.Counts.Lines,
		Delayed: n.Counts.Delayed, Future: n.Counts.Future, Blank: n.Counts.Blank,
		Malformed: n.Counts.Errors.Total(), Errors: byReason(n.Counts.Errors),
		Deliveries: n.Counts.Deliveries, DeclaredBytes: n.Counts.DeclaredBytes, DeclaredLines: n.Counts.DeclaredLines,
		LastArrival: stamp(n.Last),
		Opened:      stamp(s.Opened), Since: stamp(s.Since),
	}
	if closed(s) {
		out.Ended = s.End.String()
	}
	if n.Forecast.Ready {
		out.Expected = finite(n.Forecast.Expected)
		out.Lower, out.Upper = finite(n.Forecast.Lower), finite(n.Forecast.Upper)
	}
	if known(n.Last) {
		out.Silence = finite(n.Silence.Seconds())
	}
	if n.Period > 0 {
		out.Period = finite(n.Period.Seconds())
	}
	out.Measures, out.MoreMeasures = newMeasures(s)
	out.Faults, out.MoreFaults = newFaults(s)
	out.Drifts, out.MoreDrifts = newDrifts(s.Drifts)
	out.Skews = newSkews(s.Skews)
	return out
}

// maxFaults bounds how many faults are told in one record, as evidence.
const maxFaults = 4

// newFaults tells how events of the window broke their format, unless the window
// is one that is back to the usual.
func newFaults(s *feedgauge.Step) (out []fault, more int) {
	if s.Activity == feedgauge.Close {
		return nil, 0
	}
	errors := slices.Clone(s.Numbers.Counts.Errors)
	slices.SortStableFunc(errors, func(a, b feedgauge.ErrorCount) int { return cmp.Compare(b.N, a.N) })
	for i := range min(len(errors), maxFaults) {
		e := &errors[i]
		out = append(out, fault{Reason: string(e.Reason), Field: e.Field, Events: e.N, First: stamp(e.First), Sample: e.Sample})
	}
	return out, len(errors) - len(out)
}

// maxDrifts bounds how many drifts are told in one record: the first say most.
const maxDrifts = 4

func newDrifts(drifts []feedgauge.Drift) (out []drift, more int) {
	for i := range min(len(drifts), maxDrifts) {
		d := &drifts[i]
		out = append(out, drift{
			Kind: d.Kind, Field: d.Field, EventKind: d.EventKind, Before: finite(d.Before), After: finite(d.After),
			Since: stamp(d.Since), Text: d.Text, Sample: d.Sample,
		})
	}
	return out, len(drifts) - len(out)
}

func newSkews(skews []feedgauge.Skew) (out []skew) {
	for i := range skews {
		k := &skews[i]
		out = append(out, skew{Kind: k.Kind, Off: finite(k.Off.Seconds()), Since: stamp(k.Since), Text: k.Text})
	}
	return out
}

func newWindow(w feedgauge.Window) *window {
	if w == (feedgauge.Window{}) {
		return nil
	}
	return &window{Start: w.Start.String(), End: w.End.String()}
}

func byReason(errors feedgauge.Errors) map[string]int64 {
	m := make(map[string]int64, len(errors))
	for _, e := range errors {
		m[string(e.Reason)] += e.N
	}
	return m
}

// lastSeen is the last moment the finding is known to have lasted.
func lastSeen(s *feedgauge.Step) feedgauge.Instant {
	if closed(s) {
		return s.End
	}
	return s.At
}

func closed(s *feedgauge.Step) bool { return s.Activity == feedgauge.Close && known(s.End) }

func known(i feedgauge.Instant) bool { return i != feedgauge.Before && i != feedgauge.After }

func millis(i feedgauge.Instant) *int64 {
	if !known(i) {
		return nil
	}
	ms := int64(i)
	return &ms
}

// between returns the milliseconds from start to end, nil if they are unknown
// or the wrong way round.
func between(start, end feedgauge.Instant) *int64 {
	ms := int64(end) - int64(start)
	if !known(start) || !known(end) || end < start || ms < 0 { // ms < 0: beyond 64 bits
		return nil
	}
	return &ms
}

func stamp(i feedgauge.Instant) string {
	if !known(i) {
		return ""
	}
	return i.String()
}

// finite returns nil for numbers JSON cannot hold.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// decimal writes x with at most two digits behind the point, for people; the
// full number is among the unmapped fields.
func decimal(x float64) string {
	if finite(x) == nil || math.Abs(x) >= 1e15 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
