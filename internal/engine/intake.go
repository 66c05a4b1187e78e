package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// Limits of one intake transaction, beside its time.
const (
	maxRecords = 1_000_000
	maxSize    = 64 << 20
	pollSize   = 20_000
)

// intakeLoop is the intake role of one worker.
type intakeLoop struct {
	*Engine
	worker   int
	sess     *session
	side     *kgo.Client // for questions; the session's client begins to call adjust before it is returned
	adm      *kadm.Client
	in       *intake.Intake
	topics   *topicTable
	group    string
	records  records
	interval time.Duration // between commits
	everyone time.Duration // between trailers to all journal partitions
	lastAll  time.Time
	clock    brokerClock
	counted  time.Time      // when the lanes of all topics were last counted
	absent   map[string]int // listings in a row that were without a topic
	begun    []string       // topics that the group has begun to read, until lanes are counted
	missed   time.Time      // when it was last said that a source matches no topic
	blocked  time.Time      // when it was last said which lanes are blocked
	fresh    arrivals[intake.Memory]

	elsewhere intake.Memory // the newest revision that lanes of others remember
	looked    time.Time     // when it was looked up
}

// intake runs one worker until ctx is done or the session is beyond repair.
func (e *Engine) intake(ctx context.Context, worker int) error {
	topics, err := newTopicTable(e.Pipeline)
	if err != nil {
		return err
	}
	if len(topics.expressions()) == 0 {
		<-ctx.Done()
		return nil
	}
	in, err := intake.New(e.Pipeline, e.Pipeline.Kafka.Instance+"-"+strconv.Itoa(worker))
	if err != nil {
		return err
	}
	every := e.Pipeline.Every()
	l := &intakeLoop{
		Engine: e, worker: worker, in: in, topics: topics, absent: make(map[string]int),
		interval: min(5*time.Second, every/6), everyone: min(5*time.Second, every/2),
	}
	cfg := e.session("intake", worker)
	cfg.Topics, cfg.Regex, cfg.Adjust = topics.expressions(), true, l.adjust
	l.group = cfg.Group()
	if l.side, err = kafka.Dial(cfg.Brokers, l.sideOpts()...); err != nil {
		return err
	}
	defer l.side.Close()
	l.adm = kadm.NewClient(l.side)
	if l.sess, err = e.open(ctx, cfg); err != nil {
		return err
	}
	defer l.sess.close()
	return l.run(ctx)
}

func (l *intakeLoop) run(ctx context.Context) error {
	next := time.Now().Add(l.interval)
	for ctx.Err() == nil {
		fetches, err := l.sess.poll(ctx, next, pollSize)
		if err != nil {
			return err
		}
		if err := l.add(ctx, fetches); err != nil {
			return err
		}
		if time.Now().Before(next) && l.in.Records() < maxRecords && l.in.Size() < maxSize {
			continue
		}
		if err := l.commit(ctx); err != nil {
			return err
		}
		next = time.Now().Add(l.interval)
	}
	return l.commit(l.sess.life) // an orderly stop leaves nothing to count again
}

// add sums what a poll returned. If the session had to go back, that will come
// again, so nothing of it is taken.
func (l *intakeLoop) add(ctx context.Context, fetches kgo.Fetches) error {
	if fetches.NumRecords() == 0 {
		return nil
	}
	if err := l.await(ctx); err != nil {
		return err
	}
	if l.sess.moved() {
		if rewound, err := l.sync(); rewound || err != nil {
			return err
		}
	}
	at := l.latest()
	var failed error
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if failed == nil {
			failed = l.addLane(p, at)
		}
	})
	return failed
}

// addLane sums what came of one lane. A lane that is not known here has gone
// again, and its records with it.
func (l *intakeLoop) addLane(p kgo.FetchTopicPartition, at feedgauge.Instant) error {
	if len(p.Records) == 0 {
		return nil
	}
	m, _ := l.in.Memory(feedgauge.Lane{Topic: p.Topic, Partition: p.Partition})
	if first := p.Records[0].Offset; first < m.Position {
		return fmt.Errorf("lane %s/%d at %d delivers %d: %w", p.Topic, p.Partition, m.Position, first, errTwice)
	}
	for _, r := range p.Records {
		if !l.in.Add(l.records.convert(r), at) {
			return nil
		}
	}
	return nil
}

// sync makes the lanes summed here those the member owns. If any is gone, or was
// gone and came back, everything not committed is dropped, and so must be what
// has been polled.
func (l *intakeLoop) sync() (rewound bool, err error) {
	have := l.sess.owned()
	fresh := l.fresh.take(have)
	for _, lane := range l.in.Lanes() {
		_, still := have[lane]
		_, again := fresh[lane]
		rewound = rewound || !still || again
	}
	if rewound {
		if err := l.sess.rewind(); err != nil {
			return true, err
		}
		l.keep(have, fresh)
	}
	for lane, m := range fresh {
		if s := l.topics.source(lane.Topic); s != nil {
			l.in.Own(s.Name, lane, m)
		}
	}
	if len(fresh) > 0 {
		if err := l.recall(l.sess.life); err != nil {
			return rewound, err
		}
	}
	l.metrics.lanes.WithLabelValues("intake", strconv.Itoa(l.worker)).Set(float64(len(l.in.Lanes())))
	if l.sess.member() {
		l.ready.done("intake", l.worker)
	}
	return rewound, nil
}

// keep drops everything not committed and owns again, as of their last commit,
// the lanes that stayed.
func (l *intakeLoop) keep(have map[feedgauge.Lane]int64, fresh map[feedgauge.Lane]intake.Memory) {
	l.in.Drop()
	stay := make(map[feedgauge.Lane]intake.Memory)
	for _, lane := range l.in.Lanes() {
		_, still := have[lane]
		_, again := fresh[lane]
		if m, ok := l.in.Memory(lane); ok && still && !again {
			stay[lane] = m
		}
	}
	l.in.Disown()
	for lane, m := range stay {
		l.in.Own(l.topics.source(lane.Topic).Name, lane, m)
	}
}

// commit writes tallies and trailers with the lanes' offsets.
func (l *intakeLoop) commit(ctx context.Context) error {
	if _, err := l.sync(); err != nil {
		return err
	}
	lanes := l.in.Lanes()
	if len(lanes) == 0 {
		l.metrics.block(l.worker, nil)
		return l.countLanes(ctx) // owning nothing, say nothing, but see whether there is anything to own
	}
	if !l.ask(ctx) {
		return nil // what lanes are said to be would rest on a wrong clock
	}
	if counted, err := l.prove(ctx); !counted || err != nil {
		return err // a lane that nobody knows of could not hold the watermark
	}
	gaps := l.in.Gaps(l.earliest())
	everyone := time.Since(l.lastAll) >= l.everyone || l.in.Everywhere() || len(gaps) > 0
	lowest, revision, err := l.revision(ctx)
	if err != nil {
		return err
	}
	var records []*kgo.Record
	if revision != nil {
		records = l.Engine.everywhere(journal.AppendRevision(nil, revision))
	}
	for i := range gaps {
		records = append(records, l.Engine.everywhere(journal.AppendGap(nil, &gaps[i]))...)
	}
	records = append(records, l.output(everyone)...)
	for _, d := range l.in.Dead() {
		records = append(records, l.deadRecord(&d))
	}
	if len(records) == 0 {
		return nil
	}
	claims := make(map[feedgauge.Lane]claim, len(lanes))
	for _, lane := range lanes {
		m, _ := l.in.Memory(lane)
		if revision != nil && lane == lowest {
			m.Revision, m.Fingerprint = revision.Number, revision.Fingerprint
		}
		claims[lane] = claim{offset: m.Position, metadata: m.Text()}
	}
	ok, err := l.sess.commit(records, claims)
	if err != nil {
		return err
	}
	if !ok {
		l.in.Drop()
		return l.verify(ctx)
	}
	l.metrics.readDone(l.in.Commit())
	l.metrics.gaps.Add(float64(len(gaps)))
	if revision != nil {
		l.in.Revise(lowest, revision.Number, revision.Fingerprint)
	}
	if everyone {
		l.lastAll = time.Now()
		l.in.Told()
	}
	return nil
}

// verify asks the broker whether a transaction that was said not to have
// happened has indeed not: where its end was answered with an unknown error,
// the client takes it for aborted without knowing.
func (l *intakeLoop) verify(ctx context.Context) error {
	have := lanesOf(l.sess.Client())
	if l.sess.moved() {
		return nil // the next sync drops everything
	}
	committed, err := kafka.Committed(ctx, l.side, l.group, slices.Collect(maps.Keys(have))...)
	if err != nil {
		return err
	}
	for lane := range have {
		m, ours := l.in.Memory(lane)
		if c, ok := committed[lane]; ok && ours && m.Lost == 0 && c.Offset != m.Position {
			return fmt.Errorf("lane %s/%d stands at %d, but %d is committed", lane.Topic, lane.Partition, m.Position, c.Offset)
		}
	}
	return nil
}

// output encodes what has been summed: for each journal partition its tallies,
// then the trailer, to everyone or to those that got a tally.
func (l *intakeLoop) output(everyone bool) []*kgo.Record {
	tallies := l.in.Tallies()
	if !everyone && len(tallies) == 0 {
		return nil
	}
	topic := l.Pipeline.Kafka.Topic(kafka.Journal)
	trailer := journal.AppendTrailer(nil, l.in.Trailer())
	var out []*kgo.Record
	for k := range l.Pipeline.Kafka.Partitions {
		if len(tallies[k]) == 0 && !everyone {
			continue
		}
		var values [][]byte
		for i := range tallies[k] {
			values = journal.AppendTally(values, &tallies[k][i], journal.MaxRecord)
		}
		for _, v := range append(values, trailer) {
			out = append(out, &kgo.Record{Topic: topic, Partition: k, Value: v})
		}
	}
	return out
}

// prove asks for the ends of the lanes, on which the proof rests that a quiet
// lane is idle. No answer is no proof. It is false while it is not known how many
// lanes there are.
func (l *intakeLoop) prove(ctx context.Context) (counted bool, err error) {
	if err := l.countLanes(ctx); err != nil || l.counted.IsZero() {
		return false, err
	}
	asked := l.earliest()
	topics := make(map[string]bool)
	for _, lane := range l.in.Lanes() {
		topics[lane.Topic] = true
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ends, err := kafka.Ends(ctx, l.adm, slices.Collect(maps.Keys(topics))...)
	if err != nil && ctx.Err() == nil {
		l.sess.log.Warn("the ends of some lanes are not known, so they cannot be called idle", "error", err)
	}
	list := make([]feedgauge.LaneEnd, 0, len(ends))
	for lane, e := range ends {
		list = append(list, feedgauge.LaneEnd{Lane: lane, High: e.High, Stable: e.Stable})
	}
	l.in.Ends(asked, list)
	l.tellBlocked(ctx)
	return true, nil
}

// countLanes looks up how many lanes the topics of our sources have, owned or
// not: a lane nobody speaks for must hold the watermark. The error is that of a
// topic which is no longer the one we read.
func (l *intakeLoop) countLanes(ctx context.Context) error {
	if time.Since(l.counted) < l.Pipeline.Kafka.MetadataAge/2 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	topics, err := l.adm.ListTopics(ctx)
	if err != nil {
		if ctx.Err() == nil {
			l.sess.log.Warn("the topics could not be listed", "error", err)
		}
		return nil
	}
	if err := l.setPartitions(topics); err != nil {
		l.sess.log.Warn("the lanes of some topics could not be counted", "error", err)
		return nil
	}
	if err := l.identify(topics); err != nil {
		return err
	}
	if l.counted.IsZero() {
		if err := l.recollect(ctx); err != nil {
			l.sess.log.Warn("which topics the group reads is not known", "error", err)
			return nil
		}
	}
	if l.retire(topics) && l.counted.IsZero() {
		return nil // topics that the group reads were never counted
	}
	l.counted, l.begun = time.Now(), nil
	l.missTopics(topics)
	return nil
}

// errAnother means that a topic was deleted and made again while lanes of it were
// owned: a new session finds out where those of the new one begin.
var errAnother = errors.New("the topic is another one of the same name")

// identify looks whether topics are still those that lanes are owned of.
func (l *intakeLoop) identify(topics kadm.TopicDetails) error {
	for _, name := range l.in.Topics() {
		t, ok := topics[name]
		if !ok || t.Err != nil || t.ID == (kadm.TopicID{}) {
			continue
		}
		if l.in.Identify(name, string(t.ID[:])) {
			return fmt.Errorf("topic %q: %w", name, errAnother)
		}
	}
	return nil
}

// recollect looks up which topics of our sources the group has begun to read,
// whoever does: where the first listing leaves one out, nothing else would tell
// that there are lanes which hold the watermark.
func (l *intakeLoop) recollect(ctx context.Context) error {
	offsets, err := l.adm.FetchOffsets(ctx, l.group)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) { // it is not there before it has anything to read
		return fmt.Errorf("fetching the offsets of group %q: %w", l.group, err)
	}
	l.begun = nil
	for name := range offsets {
		if l.topics.source(name) != nil {
			l.begun = append(l.begun, name)
		}
	}
	return nil
}

// goneAfter is how many listings in a row must be without a topic before it is
// believed to be gone. A broker that has just started, or errs, may leave topics
// out, and a topic wrongly called gone holds back no watermark.
const goneAfter = 5

// retire notes which topics are gone, and reports whether others are missing that
// may come back.
func (l *intakeLoop) retire(topics kadm.TopicDetails) (missing bool) {
	absent := make(map[string]int)
	for _, name := range append(l.in.Topics(), l.begun...) {
		if _, ok := topics[name]; ok || absent[name] > 0 {
			continue
		}
		if absent[name] = l.absent[name] + 1; absent[name] < goneAfter {
			missing = true
			continue
		}
		l.in.Retire(name)
	}
	l.absent = absent
	return missing
}

// setPartitions says how many lanes each topic of our sources has. The error
// names those of which that is not known now, such as one without a leader.
func (l *intakeLoop) setPartitions(topics kadm.TopicDetails) error {
	var errs []error
	for name, t := range topics {
		s := l.topics.source(name)
		switch {
		case s == nil:
		case t.Err != nil:
			errs = append(errs, fmt.Errorf("topic %q: %w", name, t.Err))
		default:
			l.in.SetPartitions(s.Name, name, int32(len(t.Partitions)))
		}
	}
	return errors.Join(errs...)
}
