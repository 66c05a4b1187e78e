package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Numbers is a source that delivers the numbers in its configuration, one after
// the other, and ends.
type Numbers struct {
	Topic string   `hcl:"topic,optional" doc:"name of its only topic" default:"numbers"`
	First string   `hcl:"first" doc:"time of the first number, RFC 3339"`
	Step  string   `hcl:"step" doc:"time from one number to the next"`
	Of    []string `hcl:"of" doc:"a feed and its numbers in each string, as in \"a 1 2 3\"; feed - is none"`
}

// Build implements [feedgauge.SourceConfig].
func (n *Numbers) Build(feedgauge.Env) (feedgauge.Source, error) {
	first, err := time.Parse(time.RFC3339, n.First)
	if err != nil {
		return nil, &feedgauge.FieldError{Field: "first", Msg: "not a time: " + strconv.Quote(n.First)}
	}
	step, err := time.ParseDuration(n.Step)
	if err != nil {
		return nil, &feedgauge.FieldError{Field: "step", Msg: "not a duration: " + strconv.Quote(n.Step)}
	}
	s := &numbers{topic: n.Topic}
	for i, line := range n.Of {
		if err := s.add(line, feedgauge.InstantOf(first), step); err != nil {
			return nil, &feedgauge.FieldError{Field: "of", Index: i, Msg: err.Error()}
		}
	}
	return s, nil
}

// numbers has one partition for each string of the configuration.
type numbers struct {
	topic string
	lanes [][]feedgauge.Record
	sent  int // of each lane
}

func (s *numbers) add(line string, first feedgauge.Instant, step time.Duration) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return errors.New("no feed is named")
	}
	var lane []feedgauge.Record
	for i, word := range words[1:] {
		lane = append(lane, feedgauge.Record{
			Topic: s.topic, Partition: int32(len(s.lanes)), Offset: int64(i),
			Key: key(words[0]), Value: []byte(word), Time: first.Add(time.Duration(i) * step),
		})
	}
	s.lanes = append(s.lanes, lane)
	return nil
}

// key is the name of a feed as a record carries it, none for "-".
func key(feed string) []byte {
	if feed == "-" {
		return nil
	}
	return []byte(feed)
}

// Poll implements [feedgauge.Source]: the next number of each lane.
func (s *numbers) Poll(context.Context) (feedgauge.Batch, error) {
	b := feedgauge.Batch{Done: true}
	for _, lane := range s.lanes {
		if s.sent < len(lane) {
			b.Records = append(b.Records, lane[s.sent])
		}
		b.Done = b.Done && s.sent+1 >= len(lane)
	}
	s.sent++
	return b, nil
}

// Ends implements [feedgauge.Source].
func (s *numbers) Ends(context.Context) ([]feedgauge.LaneEnd, error) {
	var ends []feedgauge.LaneEnd
	for i, lane := range s.lanes {
		n := int64(len(lane))
		ends = append(ends, feedgauge.LaneEnd{
			Lane: feedgauge.Lane{Topic: s.topic, Partition: int32(i)}, High: n, Stable: n,
		})
	}
	return ends, nil
}

// Close implements [feedgauge.Source].
func (s *numbers) Close() error { return nil }
