// Package ocsf writes steps of findings as OCSF 1.8.0 Detection Finding events
// (class 2004), the form in which alerts leave the monitor, and reads back the
// few fields a person wants to see.
//
// An event is one line of JSON whose bytes depend on the step and on [Options]
// alone: field order is fixed, maps are sorted, and nothing tells when or where
// the step was encoded. A replay of the same journal therefore yields the same
// alerts, and a consumer may drop repeats by metadata.uid.
//
// The numbers a step was decided on are repeated, typed, under
// unmapped.feedgauge, because OCSF's observation values are strings. Its
// "schema" rises when a field there changes its meaning or goes away.
//
// What an operator said of a feed is in comment, and who said it under
// unmapped.feedgauge, since OCSF knows an assignee in incidents alone. A finding
// of a muted feed is told with the status Suppressed and is no alert, but its
// close is Resolved like any other: whoever saw it open sees it end.
package ocsf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/feedgauge/feedgauge"
)

// Version is the version of OCSF written.
const Version = "1.8.0"

// Schema is the version of the fields under unmapped.feedgauge.
const Schema = 1

// Numbers of OCSF that do not vary.
const (
	categoryFindings = 2
	classDetection   = 2004
)

// Options are the facts of a deployment that go into every event.
type Options struct {
	Product string // version of the product, empty to leave it out
	LogName string // the alerts topic's name, empty to leave it out
}

// Encode appends s behind b as one event without a line end. Text that is not
// valid UTF-8 is written with the replacement character in place of bad bytes.
// The error is that of [encoding/json], which no step is known to cause.
func Encode(b []byte, s *feedgauge.Step, o Options) ([]byte, error) {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false) // conditions are full of '<'
	r := newRecord(s, o)
	if err := enc.Encode(&r); err != nil {
		return b, fmt.Errorf("encode finding %q: %w", s.UID, err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte{'\n'}), nil
}

// EventUID returns the identity of one step of a finding, which goes into
// metadata.uid: the UUID of version 5 (RFC 9562, section 5.5) of
// "finding#sequence" in the URL namespace.
func EventUID(finding string, sequence int) string {
	name := finding + "#" + strconv.Itoa(sequence)
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).String()
}

func newRecord(s *feedgauge.Step, o Options) record {
	activity, status := activityOf(s.Activity), statusOf(s)
	severity, impact := severityOf(s.Severity), impactOf(s)
	end := lastSeen(s)
	return record{
		ActivityID: activity.id, ActivityName: activity.name,
		CategoryUID: categoryFindings, CategoryName: "Findings",
		ClassUID: classDetection, ClassName: "Detection Finding",
		TypeUID:  classDetection*100 + activity.id,
		TypeName: "Detection Finding: " + activity.name,
		Time:     int64(s.At), StartTime: millis(s.Since), EndTime: millis(end),
		Duration:   between(s.Since, end),
		SeverityID: severity.id, Severity: severity.name,
		StatusID: status.id, Status: status.name,
		IsAlert:  s.Activity == feedgauge.Open && !s.Muted,
		ImpactID: impact.id, Impact: impact.name,
		Message:      s.Message,
		StatusDetail: statusDetail(s),
		Comment:      comment(s),
		Metadata:     newMetadata(s, o),
		FindingInfo:  newFindingInfo(s, end),
		Resources:    []resource{newResource(s)},
		Anomalies:    newAnomalies(s),
		Unmapped:     unmappedOuter{newNumbers(s)},
	}
}

func newMetadata(s *feedgauge.Step, o Options) metadata {
	return metadata{
		Version: Version, UID: EventUID(s.UID, s.Sequence), Sequence: s.Sequence,
		EventCode: eventCode(s.Rule), LogName: o.LogName, LogProvider: "feedgauge",
		TenantUID: s.Feed.Tenant, CorrelationUID: s.UID,
		Product: product{Name: "feedgauge", Vendor: "feedgauge", Version: o.Product},
	}
}

func eventCode(rule string) string { return "feed." + rule }

// enum is one value of an OCSF enumeration: its number and its caption.
type enum struct {
	id   int
	name string
}

func activityOf(a feedgauge.Activity) enum {
	switch a {
	case feedgauge.Open:
		return enum{1, "Create"}
	case feedgauge.Update:
		return enum{2, "Update"}
	case feedgauge.Close:
		return enum{3, "Close"}
	}
	return enum{0, "Unknown"}
}

func statusOf(s *feedgauge.Step) enum {
	switch {
	case s.Activity == feedgauge.Close:
		return enum{4, "Resolved"}
	case s.Activity != feedgauge.Open && s.Activity != feedgauge.Update:
		return enum{0, "Unknown"}
	case s.Muted:
		return enum{3, "Suppressed"}
	case s.Activity == feedgauge.Update:
		return enum{2, "In Progress"}
	}
	return enum{1, "New"}
}

// impactOf tells how many feeds a finding concerns that is not of one feed. OCSF
// has no number for that; an impact of kind "other" is in the source's words.
func impactOf(s *feedgauge.Step) enum {
	switch {
	case s.Feeds <= 0:
		return enum{}
	case s.Feeds == 1:
		return enum{99, "about 1 feed"}
	}
	return enum{99, "about " + strconv.Itoa(s.Feeds) + " feeds"}
}

func severityOf(s feedgauge.Severity) enum {
	switch s {
	case feedgauge.Info:
		return enum{1, "Informational"}
	case feedgauge.Low:
		return enum{2, "Low"}
	case feedgauge.Medium:
		return enum{3, "Medium"}
	case feedgauge.High:
		return enum{4, "High"}
	case feedgauge.Critical:
		return enum{5, "Critical"}
	}
	return enum{0, "Unknown"}
}
