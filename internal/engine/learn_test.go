package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// A feed whose format nobody declared loses the address of its events: one finding
// names the field, since when, and shows a line. Others beside it lose nothing.
func TestLostFieldIsTold(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	drifting, err := rules.Drifting().Build([]string{rules.Lines}, false)
	if err != nil {
		t.Fatal(err)
	}
	class := pipelinetest.Class(t, "web", "raw", "*", 10*time.Second, time.Second, 0)
	class.Format, class.Checker, class.Forecaster = "any", nil, nil
	class.Learn, class.Rules = true, []*rules.Rule{drifting}
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 3, Replication: 1, Instance: "test", MetadataAge: time.Second, Workers: 2,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{class},
	}
	start := time.Now().Add(-20 * time.Minute).Truncate(time.Minute)
	broke := start.Add(200 * time.Second)
	var records []*kgo.Record
	for i := range 1500 {
		at := start.Add(time.Duration(i) * 200 * time.Millisecond)
		ip := fmt.Sprintf("10.0.0.%d", i%250)
		records = append(records, record("raw-1", "kept", fmt.Sprintf("user=u%d src=%s bytes=%d", i, ip, i), at))
		if !at.Before(broke) {
			ip = "-"
		}
		records = append(records, record("raw-1", "lost", fmt.Sprintf("user=u%d src=%s bytes=%d", i, ip, i), at))
	}
	produce(t, broker.Brokers(), "raw-1", 2, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	alerts := collect(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), 1)
	a := alerts[0]
	want := "lost: field src is empty (filled in 100% before, 0% now), since " + feedgauge.InstantOf(broke).String()
	if len(alerts) != 1 || a.Feed != "lost" || a.Rule != "drifting" || a.Message != want {
		t.Errorf("told %+v, want %q", alerts, want)
	}
	raw := rawAlert(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts))
	for _, part := range []string{`"kind":"field_empty","field":"src"`, `"before":1,"after":0`, `"sample":"user=u`} {
		if !strings.Contains(raw, part) {
			t.Errorf("the alert has no %s:\n%s", part, raw)
		}
	}
}

// rawAlert returns the first alert about a feed as it stands on the topic.
func rawAlert(t *testing.T, brokers []string, topic string) (raw string) {
	t.Helper()
	return rawAlertOf(t, brokers, topic, "main/")
}

// rawAlertOf returns an alert whose finding's uid begins so.
func rawAlertOf(t *testing.T, brokers []string, topic, uid string) (raw string) {
	t.Helper()
	cl, err := kafka.Dial(brokers, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for raw == "" && t.Context().Err() == nil {
		cl.PollFetches(t.Context()).EachRecord(func(r *kgo.Record) {
			if strings.HasPrefix(string(r.Key), uid) {
				raw = string(r.Value)
			}
		})
	}
	return raw
}
