package kafka

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type offsets = map[string]map[int32]kgo.Offset

func worker(brokers []string, adjust func(context.Context, offsets) (offsets, error)) SessionConfig {
	return SessionConfig{
		Brokers: brokers, Prefix: "fg", Role: "intake", Instance: "host-1", Worker: 2,
		Topics: []string{"raw"}, Adjust: adjust,
	}
}

// TestSessionNames pins what other members, ACLs and later versions rely on.
func TestSessionNames(t *testing.T) {
	c := worker(nil, nil)
	for _, tt := range []struct{ what, got, want string }{
		{"group", c.Group(), "fg-intake"},
		{"slot", c.Slot(), "host-1-2"},
		{"transactional id", c.TransactionalID(), "fg-intake-host-1-2"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	c.Boot = "x"
	if got := c.TransactionalID(); got != "fg-intake-host-1-2-x" {
		t.Errorf("transactional id %q does not end in the boot", got)
	}
}

// TestSessionOptions reads back from the client what was set on it.
func TestSessionOptions(t *testing.T) {
	keep := func(_ context.Context, o offsets) (offsets, error) { return o, nil }
	cfg := worker([]string{"127.0.0.1:1"}, keep)
	cfg.MetadataAge = 2 * time.Second
	cfg.RebalanceTimeout = 40 * time.Second
	cl, err := kgo.NewClient(cfg.options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for _, tt := range []struct {
		name      string
		opt, want any
	}{
		{"client id", kgo.ClientID, "feedgauge"},
		{"instance id", kgo.InstanceID, "host-1-2"},
		{"group", kgo.ConsumerGroup, "fg-intake"},
		{"transactional id", kgo.TransactionalID, "fg-intake-host-1-2"},
		{"session timeout", kgo.SessionTimeout, 10 * time.Second},
		{"rebalance timeout", kgo.RebalanceTimeout, 40 * time.Second},
		{"transaction timeout", kgo.TransactionTimeout, 20 * time.Second},
		{"metadata age", kgo.MetadataMaxAge, 2 * time.Second},
		{"linger", kgo.ProducerLinger, time.Duration(0)},
		{"control records", kgo.KeepControlRecords, true},
		{"isolation", kgo.FetchIsolationLevel, int8(1)},
		{"reset", kgo.ConsumeResetOffset, kgo.NoResetOffset()},
	} {
		if got := cl.OptValue(tt.opt); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestSessionRefuses(t *testing.T) {
	keep := func(_ context.Context, o offsets) (offsets, error) { return o, nil }
	for name, spoil := range map[string]func(*SessionConfig){
		"no instance":    func(c *SessionConfig) { c.Instance = "" },
		"no topics":      func(c *SessionConfig) { c.Topics = nil },
		"no hook":        func(c *SessionConfig) { c.Adjust = nil },
		"bad expression": func(c *SessionConfig) { c.Topics, c.Regex = []string{"("}, true },
		"bad timeouts":   func(c *SessionConfig) { c.RebalanceTimeout = -time.Second },
	} {
		cfg := worker([]string{"127.0.0.1:1"}, keep)
		spoil(&cfg)
		if s, err := Transact(cfg); err == nil {
			s.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOursMatchesOurTopicsOnly(t *testing.T) {
	for _, prefix := range []string{"fg.prod", "fg.prod.dry-run"} {
		checkOurs(t, regexp.MustCompile(ours(prefix)))
	}
}

func checkOurs(t *testing.T, re *regexp.Regexp) {
	t.Helper()
	for name, want := range map[string]bool{
		"fg.prod.journal": true, "fg.prod.state": true, "fg.prod.alerts": true, "fg.prod.history": true, "fg.prod.dead": true,
		"fg.prod.dry-run.journal": true, "fg.prod.state.resize": true, "fg.prod.dry-run": false,
		"fg.prod.journals": false, "fgxprod.journal": false, "my.fg.prod.journal": false, "fg.prod.web": false,
	} {
		if got := re.MatchString(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}

// TestSessionRuns takes a session through one transaction by expression: it
// begins where Adjust says, reads whole names only, never our own topics, and
// commits offsets with the output.
func TestSessionRuns(t *testing.T) { onBoth(t, sessionRuns) }

func sessionRuns(t *testing.T, brokers []string) {
	prefix := unique(t)
	all := []string{prefix + "-web-a", prefix + "-web-b", "old-" + prefix + "-web-a", prefix + ".journal"}
	plain := dial(t, brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	adm := kadm.NewClient(plain)
	if _, err := adm.CreateTopics(t.Context(), 1, 1, nil, all...); err != nil {
		t.Fatal(err)
	}
	for _, topic := range all {
		for _, v := range []string{"0", "1"} {
			if err := plain.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte(v)}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := worker(brokers, func(_ context.Context, o offsets) (offsets, error) {
		for _, lanes := range o {
			for p := range lanes {
				lanes[p] = kgo.NewOffset().At(1)
			}
		}
		return o, nil
	})
	cfg.Prefix, cfg.Regex = prefix, true
	cfg.Topics = []string{prefix + "-web-.", prefix + "[.].*"}
	s, err := Transact(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	var got []string
	for len(got) < 2 {
		fetches := s.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, r.Topic+":"+string(r.Value)) })
	}
	slices.Sort(got)
	if want := []string{all[0] + ":1", all[1] + ":1"}; !slices.Equal(got, want) {
		t.Errorf("read %q, want the second record of both web topics", got)
	}
	commit(t, s, all[3])
	lane := feedgauge.Lane{Topic: all[0]}
	committed, err := Committed(t.Context(), plain, cfg.Group(), lane)
	if err != nil || committed[lane].Offset != 2 {
		t.Errorf("committed %v (%v), want 2", committed, err)
	}
}

// commit ends one transaction with a record of output.
func commit(t *testing.T, s *kgo.GroupTransactSession, topic string) {
	t.Helper()
	if err := s.Begin(); err != nil {
		t.Fatal(err)
	}
	if err := s.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte("out")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.End(context.Background(), kgo.TryCommit); !ok || err != nil {
		t.Fatalf("not committed: %v", err)
	}
}

func TestLogger(t *testing.T) {
	var out bytes.Buffer
	log := hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Debug, DisableTime: true})
	l := Logger(log)
	if l.Level() != kgo.LogLevelInfo {
		t.Errorf("level %v, want the client's information at our debug level", l.Level())
	}
	l.Log(kgo.LogLevelDebug, "too much")
	l.Log(kgo.LogLevelInfo, "rebalance", "group", "g")
	l.Log(kgo.LogLevelError, "broken", "err", "x")
	if want := "[DEBUG] rebalance: group=g\n[ERROR] broken: err=x\n"; out.String() != want {
		t.Errorf("logged %q, want %q", out.String(), want)
	}
	if Logger(nil).Level() != kgo.LogLevelNone {
		t.Error("a nil logger wants messages")
	}
	for level, want := range map[hclog.Level]kgo.LogLevel{
		hclog.Trace: kgo.LogLevelDebug, hclog.Info: kgo.LogLevelWarn, hclog.Warn: kgo.LogLevelWarn, hclog.Error: kgo.LogLevelError,
	} {
		log.SetLevel(level)
		if got := l.Level(); got != want {
			t.Errorf("%v: %v, want %v", level, got, want)
		}
	}
}
