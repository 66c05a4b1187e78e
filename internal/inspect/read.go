package inspect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/check"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// maxText bounds how much of a file is read, in bytes, whatever its lines.
const maxText = 64 << 20

// File reads the first lines of a file, "-" for stdin, unpacked if need be: so
// many with something in them.
func File(name string, stdin io.Reader, records int) (*Input, error) {
	f, err := check.Open(name, stdin)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	defer func() { _ = f.Close() }() // only read
	in := &Input{Source: name}
	ends, err := in.readLines(bufio.NewReaderSize(f, 64<<10), records, maxText)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	from := 0
	for _, end := range ends {
		in.Records = append(in.Records, feedgauge.Record{Value: in.Text[from:end]})
		from = end
	}
	in.Lines = len(ends)
	return in, nil
}

// readLines reads lines until so many have something in them, or the text takes limit
// bytes, and returns where they end. A line that would go beyond that is left out,
// unless it is the only one: then its beginning is kept.
func (in *Input) readLines(b *bufio.Reader, records, limit int) (ends []int, err error) {
	from := 0
	for records > 0 && err == nil {
		var piece []byte
		piece, err = b.ReadSlice('\n')
		if room := limit - len(in.Text); len(piece) > room {
			if from == 0 {
				in.Text = append(in.Text, piece[:room]...)
				return []int{limit}, nil
			}
			in.Text = in.Text[:from]
			return ends, nil
		}
		in.Text = append(in.Text, piece...)
		if errors.Is(err, bufio.ErrBufferFull) {
			err = nil
			continue
		}
		line := in.Text[from:]
		if len(line) == 0 {
			break // the file ends in a line end, or is empty
		}
		from = len(in.Text)
		ends = append(ends, from)
		if len(line) > 2 && line[0] != '#' {
			records--
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return ends, err
}

// Topic reads the last records of a topic, so many in all, as far as its
// partitions reach now.
func Topic(ctx context.Context, brokers []string, topic string, records int, opts ...kgo.Opt) (*Input, error) {
	cl, err := kafka.Dial(brokers, opts...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	ends, err := kafka.Ends(ctx, kadm.NewClient(cl), topic)
	if errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.InvalidTopicException) {
		return nil, fmt.Errorf("there is no topic %q", topic)
	}
	if err != nil {
		return nil, err
	}
	in := &Input{Source: "kafka:" + topic, Topic: topic}
	share := int64(max(1, records/max(1, len(ends))))
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: max(end.Start, end.Stable-share), To: end.Stable}
		err := kafka.ReadPartition(ctx, brokers, span, func(r *kgo.Record) error {
			in.Records = append(in.Records, record(r))
			return nil
		}, opts...)
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(in.Records, func(a, b feedgauge.Record) int {
		if a.Time != b.Time {
			return int(a.Time - b.Time)
		}
		return int(a.Partition - b.Partition)
	})
	for i := range in.Records {
		eachLine(in.Records[i].Value, func([]byte) { in.Lines++ })
	}
	return in, nil
}

func record(r *kgo.Record) feedgauge.Record {
	out := feedgauge.Record{
		Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Key: r.Key, Value: r.Value, Time: feedgauge.InstantOf(r.Timestamp),
	}
	for _, h := range r.Headers {
		out.Headers = append(out.Headers, feedgauge.Header{Key: h.Key, Value: h.Value})
	}
	return out
}
