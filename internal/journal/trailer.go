package journal

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
)

// Field numbers of a trailer: worker 1, topics 2, lanes 3. A lane names its
// topic by its place in the list of topics.
const (
	trailerWorker protowire.Number = iota + 1
	trailerTopic
	trailerLane
)

const (
	topicSource protowire.Number = iota + 1
	topicName
	topicPartitions
	topicLast
	topicRetired
	topicRun
	topicID
)

const (
	runFirst protowire.Number = iota + 1
	runLength
)

const (
	laneTopic protowire.Number = iota + 1
	lanePartition
	lanePosition
	laneWatermark
	laneProof
	laneFirst
)

// proofs in the order of their numbers on the wire.
func proofs() []feedgauge.Proof {
	return []feedgauge.Proof{feedgauge.ProofNone, feedgauge.ProofActive, feedgauge.ProofIdle, feedgauge.ProofBlocked}
}

// AppendTrailer writes t behind b. Every lane's topic must be among the topics.
func AppendTrailer(b []byte, t *feedgauge.Trailer) []byte {
	b = append(b, Version, byte(KindTrailer))
	b = AppendText(b, trailerWorker, t.Worker)
	index := make(map[string]int64, len(t.Topics))
	for i, topic := range t.Topics {
		index[topic.Topic] = int64(i)
		b = AppendMessage(b, trailerTopic, func(b []byte) []byte { return appendTopic(b, &topic) })
	}
	for _, lane := range t.Lanes {
		b = AppendMessage(b, trailerLane, func(b []byte) []byte { return appendLane(b, index[lane.Topic], &lane) })
	}
	return b
}

func appendTopic(b []byte, t *feedgauge.TopicMark) []byte {
	b = AppendText(b, topicSource, t.Source)
	b = AppendText(b, topicName, t.Topic)
	b = AppendInt(b, topicPartitions, int64(t.Partitions))
	if t.ID != "" {
		b = AppendText(b, topicID, t.ID)
	}
	if t.Last != feedgauge.Before {
		b = AppendInt(b, topicLast, int64(t.Last)+1) // zero means never
	}
	if t.Retired {
		b = AppendInt(b, topicRetired, 1)
	}
	for _, r := range t.Runs {
		b = AppendMessage(b, topicRun, func(b []byte) []byte {
			b = AppendInt(b, runFirst, int64(r.First))
			return AppendInt(b, runLength, int64(r.Last-r.First))
		})
	}
	return b
}

func appendLane(b []byte, topic int64, l *feedgauge.LaneMark) []byte {
	b = AppendInt(b, laneTopic, topic)
	b = AppendInt(b, lanePartition, int64(l.Partition))
	b = AppendInt(b, lanePosition, l.Position)
	if l.Watermark != feedgauge.Before {
		b = AppendInt(b, laneWatermark, int64(l.Watermark)+1)
	}
	if l.First != feedgauge.After {
		b = AppendInt(b, laneFirst, int64(l.First)+1)
	}
	for i, p := range proofs() {
		if p == l.Proof {
			b = AppendInt(b, laneProof, int64(i))
		}
	}
	return b
}

func decodeTrailer(b []byte) (*feedgauge.Trailer, error) {
	t := &feedgauge.Trailer{}
	var lanes [][]byte
	err := Fields(b, func(num protowire.Number, _ uint64, data []byte) error {
		switch num {
		case trailerWorker:
			t.Worker = string(data)
		case trailerTopic:
			topic, err := decodeTopic(data)
			t.Topics = append(t.Topics, topic)
			return err
		case trailerLane:
			lanes = append(lanes, data)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, data := range lanes {
		lane, err := decodeLane(data, t.Topics)
		if err != nil {
			return nil, err
		}
		t.Lanes = append(t.Lanes, lane)
	}
	return t, nil
}

func decodeTopic(b []byte) (feedgauge.TopicMark, error) {
	t := feedgauge.TopicMark{Last: feedgauge.Before}
	err := Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case topicSource:
			t.Source = string(data)
		case topicName:
			t.Topic = string(data)
		case topicID:
			t.ID = string(data)
		case topicPartitions:
			n := Int(v)
			if n < 0 || n > math.MaxInt32 {
				return ErrMalformed
			}
			t.Partitions = int32(n)
		case topicLast:
			t.Last = feedgauge.Instant(Int(v) - 1)
		case topicRetired:
			t.Retired = Int(v) != 0
		case topicRun:
			r, err := decodeRun(data)
			t.Runs = append(t.Runs, r)
			return err
		}
		return nil
	})
	return t, err
}

func decodeRun(b []byte) (r feedgauge.Run, err error) {
	err = Fields(b, func(num protowire.Number, v uint64, _ []byte) error {
		switch num {
		case runFirst:
			r.First = feedgauge.Instant(Int(v))
		case runLength:
			r.Last = feedgauge.Instant(Int(v))
		}
		return nil
	})
	r.Last += r.First
	return r, err
}

func decodeLane(b []byte, topics []feedgauge.TopicMark) (feedgauge.LaneMark, error) {
	l := feedgauge.LaneMark{Watermark: feedgauge.Before, First: feedgauge.After, Proof: feedgauge.ProofNone}
	var topic int64
	err := Fields(b, func(num protowire.Number, v uint64, _ []byte) error {
		switch num {
		case laneTopic:
			topic = Int(v)
		case lanePartition:
			n := Int(v)
			if n < 0 || n > math.MaxInt32 {
				return ErrMalformed
			}
			l.Partition = int32(n)
		case lanePosition:
			l.Position = Int(v)
		case laneWatermark:
			l.Watermark = feedgauge.Instant(Int(v) - 1)
		case laneFirst:
			l.First = feedgauge.Instant(Int(v) - 1)
		case laneProof:
			if n := Int(v); n >= 0 && n < int64(len(proofs())) {
				l.Proof = proofs()[n]
			}
		}
		return nil
	})
	if err != nil {
		return l, err
	}
	if topic < 0 || topic >= int64(len(topics)) {
		return l, ErrMalformed
	}
	l.Topic = topics[topic].Topic
	return l, nil
}
