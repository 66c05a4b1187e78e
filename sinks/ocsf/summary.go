package ocsf

import (
	"encoding/json"
	"fmt"

	"github.com/feedgauge/feedgauge"
)

// Summary is what a person wants to know of an alert at a glance.
type Summary struct {
	UID      string // the finding's
	Sequence int    // 1 for the opening step
	Activity feedgauge.Activity
	Tenant   string
	Feed     string
	Rule     string
	Status   feedgauge.Status // of the feed, after the step
	Severity feedgauge.Severity
	Message  string
	Time     feedgauge.Instant // due time of the step

	Muted     bool   // found while the feed was muted
	Retracted bool   // a close because it turned out never to have been so
	Who       string // on an update by a command, or of a mute: whose word it is
	Why       string
}

// Summarize reads the summary of an event that [Encode] wrote. Events of other
// origin are refused: their fields would mean something else.
func Summarize(value []byte) (Summary, error) {
	var r struct {
		ClassUID   int                `json:"class_uid"`
		ActivityID feedgauge.Activity `json:"activity_id"`
		SeverityID int                `json:"severity_id"`
		Time       int64              `json:"time"`
		Message    string             `json:"message"`
		Metadata   struct {
			Sequence int `json:"sequence"`
		} `json:"metadata"`
		FindingInfo struct {
			UID string `json:"uid"`
		} `json:"finding_info"`
		Unmapped struct {
			Feedgauge *numbers `json:"feedgauge"`
		} `json:"unmapped"`
	}
	if err := json.Unmarshal(value, &r); err != nil {
		return Summary{}, fmt.Errorf("read alert: %w", err)
	}
	if r.ClassUID != classDetection {
		return Summary{}, fmt.Errorf("read alert: class_uid is %d, not %d", r.ClassUID, classDetection)
	}
	n := r.Unmapped.Feedgauge
	if n == nil || n.Schema < 1 || n.Schema > Schema {
		return Summary{}, fmt.Errorf("read alert %q: no unmapped.feedgauge of schema 1 to %d", r.FindingInfo.UID, Schema)
	}
	return Summary{
		UID: r.FindingInfo.UID, Sequence: r.Metadata.Sequence, Activity: r.ActivityID,
		Tenant: n.Tenant, Feed: n.Feed, Rule: n.Rule,
		Status: feedgauge.Status(n.Status), Severity: severityNamed(r.SeverityID),
		Message: r.Message, Time: feedgauge.Instant(r.Time),
		Muted: n.Muted, Retracted: n.Retracted, Who: n.Who, Why: n.Why,
	}, nil
}

// severityNamed is the inverse of severityOf; empty for numbers it never gives.
func severityNamed(id int) feedgauge.Severity {
	for _, s := range []feedgauge.Severity{
		feedgauge.Info, feedgauge.Low, feedgauge.Medium, feedgauge.High, feedgauge.Critical,
	} {
		if severityOf(s).id == id {
			return s
		}
	}
	return ""
}
