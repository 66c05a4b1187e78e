package tail

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// The kinds of record besides those of the journal.
const (
	kindAlert     = "alert"
	kindState     = "state"
	kindMeta      = "meta"
	kindHistory   = "history"
	kindTombstone = "tombstone" // of the state: the feed is no longer watched
	kindUnknown   = "unknown"   // what could not be decoded
)

// Topics returns the names of the topics that can be read, without the prefix.
func Topics() []string {
	return []string{kafka.Alerts, kafka.State, kafka.Journal, kafka.History}
}

// content is a decoded record. The value is a *feedgauge.Tally,
// *feedgauge.Trailer, *feedgauge.Command, *feedgauge.Revision, *feedgauge.Gap, *watch.State, *watch.Meta, *feedgauge.Closed, an alert, or
// nil where there is nothing to be said besides the kind.
type content struct {
	kind  string
	value any
	err   error // why the kind is kindUnknown
}

// alert is the value of an alert: one JSON object.
type alert []byte

var (
	errNull      = errors.New("the record has no value")
	errNoObject  = errors.New("the value is not a JSON object")
	errUnknownTo = errors.New("the topic is none of ours")
)

// decode reads a record of the topic of that name, without the prefix.
func decode(topic string, r *kgo.Record) content {
	if r.Value == nil && topic != kafka.State {
		return content{kind: kindUnknown, err: errNull}
	}
	var c content
	switch topic {
	case kafka.Journal:
		c = decodeJournal(r.Value)
	case kafka.State:
		c = decodeState(r)
	case kafka.Alerts:
		c = decodeAlert(r.Value)
	case kafka.History:
		c.kind = kindHistory
		c.value, c.err = journal.DecodeClosed(r.Value)
	default:
		c.err = errUnknownTo
	}
	if c.err != nil {
		return content{kind: kindUnknown, err: c.err}
	}
	return c
}

func decodeJournal(b []byte) content {
	e, kind, err := journal.Decode(b)
	c := content{kind: kind.String(), err: err}
	switch {
	case e.Tally != nil:
		c.value = e.Tally
	case e.Trailer != nil:
		c.value = e.Trailer
	case e.Command != nil:
		c.value = e.Command
	case e.Revision != nil:
		c.value = e.Revision
	case e.Gap != nil:
		c.value = e.Gap
	}
	return c
}

func decodeState(r *kgo.Record) content {
	var c content
	switch {
	case r.Value == nil:
		c.kind = kindTombstone
	case string(r.Key) == watch.MetaKey:
		c.kind = kindMeta
		c.value, c.err = watch.DecodeMeta(r.Value)
	default:
		c.kind = kindState
		s, err := watch.DecodeState(r.Value)
		if c.value, c.err = s, err; err == nil && s.Gone() {
			c = content{kind: kindTombstone} // it is one, but for a restore
		}
	}
	return c
}

// decodeAlert takes any JSON object, so that alerts of other versions are shown
// too.
func decodeAlert(b []byte) content {
	if !bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte{'{'}) || !json.Valid(b) || !utf8.Valid(b) {
		return content{err: errNoObject}
	}
	return content{kind: kindAlert, value: alert(b)}
}

// keyText returns a record's key as text. Identities, the keys of state and
// history, become tenant/name. exact reports whether the key's bytes follow from
// the text: not if it is not valid UTF-8, or if the tenant has a slash.
func keyText(topic string, key []byte) (text string, exact bool) {
	exact = utf8.Valid(key)
	if topic != kafka.State && topic != kafka.History {
		return string(key), exact
	}
	if f, ok := feedgauge.ParseIdentity(string(key)); ok {
		return f.String(), exact && !strings.Contains(f.Tenant, "/")
	}
	return string(key), exact && !bytes.ContainsRune(key, '/')
}
