package journal

import (
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
)

// Field numbers of a command.
const (
	cmID protowire.Number = iota + 1
	cmVerb
	cmTenant
	cmName
	cmLabel
	cmWho
	cmWhy
	cmUntil
	cmWord
)

const (
	lbKey protowire.Number = iota + 1
	lbValue
)

// AppendCommand writes c behind b.
func AppendCommand(b []byte, c *feedgauge.Command) []byte {
	b = append(b, Version, byte(KindCommand))
	b = AppendText(b, cmID, c.ID)
	b = AppendText(b, cmVerb, string(c.Verb))
	b = AppendText(b, cmTenant, c.Feed.Tenant)
	b = AppendText(b, cmName, c.Feed.Name)
	for _, k := range slices.Sorted(maps.Keys(c.Labels)) {
		b = AppendMessage(b, cmLabel, func(b []byte) []byte {
			b = AppendText(b, lbKey, k)
			return AppendText(b, lbValue, c.Labels[k])
		})
	}
	b = AppendText(b, cmWho, c.Who)
	b = AppendText(b, cmWhy, c.Why)
	b = AppendInt(b, cmUntil, int64(c.Until))
	return AppendText(b, cmWord, string(c.Word))
}

func decodeCommand(b []byte) (*feedgauge.Command, error) {
	c := &feedgauge.Command{}
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case cmID:
			c.ID = string(data)
		case cmVerb:
			c.Verb = feedgauge.Verb(data)
		case cmTenant:
			c.Feed.Tenant = string(data)
		case cmName:
			c.Feed.Name = string(data)
		case cmLabel:
			return decodeLabel(data, c)
		case cmWho:
			c.Who = string(data)
		case cmWhy:
			c.Why = string(data)
		case cmUntil:
			c.Until = feedgauge.Instant(Int(v))
		case cmWord:
			c.Word = feedgauge.Word(data)
		}
		return nil
	})
	return c, err
}

func decodeLabel(b []byte, c *feedgauge.Command) error {
	var key, value string
	err := Fields(b, func(num protowire.Number, _ uint64, data []byte) error {
		switch num {
		case lbKey:
			key = string(data)
		case lbValue:
			value = string(data)
		}
		return nil
	})
	if c.Labels == nil {
		c.Labels = make(map[string]string)
	}
	c.Labels[key] = value
	return err
}

// Field numbers of a revision.
const (
	rvNumber protowire.Number = iota + 1
	rvFingerprint
	rvText
)

// AppendRevision writes r behind b.
func AppendRevision(b []byte, r *feedgauge.Revision) []byte {
	b = append(b, Version, byte(KindRevision))
	b = AppendInt(b, rvNumber, r.Number)
	b = AppendText(b, rvFingerprint, r.Fingerprint)
	return AppendText(b, rvText, r.Text)
}

func decodeRevision(b []byte) (*feedgauge.Revision, error) {
	r := &feedgauge.Revision{}
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case rvNumber:
			r.Number = Int(v)
		case rvFingerprint:
			r.Fingerprint = string(data)
		case rvText:
			r.Text = string(data)
		}
		return nil
	})
	return r, err
}

// Field numbers of a gap.
const (
	gpSource protowire.Number = iota + 1
	gpTopic
	gpPartition
	gpFrom
	gpTo
	gpRecords
)

// AppendGap writes g behind b.
func AppendGap(b []byte, g *feedgauge.Gap) []byte {
	b = append(b, Version, byte(KindGap))
	b = AppendText(b, gpSource, g.Source)
	b = AppendText(b, gpTopic, g.Topic)
	b = AppendInt(b, gpPartition, int64(g.Partition))
	b = AppendInt(b, gpFrom, int64(g.From))
	b = AppendInt(b, gpTo, int64(g.To))
	return AppendInt(b, gpRecords, g.Records)
}

func decodeGap(b []byte) (*feedgauge.Gap, error) {
	g := &feedgauge.Gap{}
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case gpSource:
			g.Source = string(data)
		case gpTopic:
			g.Topic = string(data)
		case gpPartition:
			n := Int(v)
			if n < 0 || n > math.MaxInt32 {
				return ErrMalformed
			}
			g.Partition = int32(n)
		case gpFrom:
			g.From = feedgauge.Instant(Int(v))
		case gpTo:
			g.To = feedgauge.Instant(Int(v))
		case gpRecords:
			g.Records = Int(v)
		}
		return nil
	})
	return g, err
}
