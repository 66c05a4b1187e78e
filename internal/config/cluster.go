package config

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

type kafkaBlock struct {
	Brokers     []string `hcl:"brokers" doc:"addresses to find the cluster by, each host:port"`
	Prefix      string   `hcl:"prefix,optional" doc:"our topics are named prefix.journal, prefix.state, prefix.alerts, prefix.history and prefix.dead" default:"feedgauge"`
	Partitions  int      `hcl:"partitions,optional" doc:"partitions of each of our topics; once they exist, feedgauge topics resize changes it" default:"12"`
	Replication int      `hcl:"replication,optional" doc:"replicas of topics that are created, -1 for the broker's default" default:"-1"`
	Instance    string   `hcl:"instance,optional" doc:"name of this process in the consumer group and in transactional ids; no two may share one" default:"the host name"`
	MetadataAge span     `hcl:"metadata_age,optional" doc:"for how long a new topic or partition may go unnoticed" default:"30s"`
	Workers     int      `hcl:"workers,optional" doc:"workers of each role in this process, up to 64; each reads and watches its share of the partitions" default:"1"`
	Rack        string   `hcl:"rack,optional" doc:"rack or zone of this process, so that it may read from replicas nearby, where brokers allow it (client.rack)" default:"none"`

	TLS  *tlsBlock  `hcl:"tls,block" doc:"encryption of the connections; without the block there is none" default:"none"`
	SASL *saslBlock `hcl:"sasl,block" doc:"how we sign in; without the block, not at all" default:"none"`
}

type embeddedBlock struct {
	Dir         string `hcl:"dir" doc:"folder of the broker's data, relative to this file; it is created"`
	Prefix      string `hcl:"prefix,optional" doc:"as in kafka" default:"feedgauge"`
	Partitions  int    `hcl:"partitions,optional" doc:"as in kafka" default:"12"`
	Instance    string `hcl:"instance,optional" doc:"as in kafka" default:"the host name"`
	MetadataAge span   `hcl:"metadata_age,optional" doc:"as in kafka" default:"30s"`
	Workers     int    `hcl:"workers,optional" doc:"as in kafka" default:"1"`
}

type metricsBlock struct {
	Listen string `hcl:"listen,optional" doc:"address of the metrics endpoint, host:port; \"off\" or \"\" for none" default:"127.0.0.1:9464"`
}

const defaultAge = 30 * time.Second

func newKafka() *kafkaBlock {
	return &kafkaBlock{Prefix: "feedgauge", Partitions: 12, Replication: -1, MetadataAge: "30s", Workers: 1}
}

func newEmbedded() *embeddedBlock {
	return &embeddedBlock{Prefix: "feedgauge", Partitions: 12, MetadataAge: "30s", Workers: 1}
}

func newMetrics() *metricsBlock { return &metricsBlock{Listen: "127.0.0.1:9464"} }

const oneCluster = "A pipeline lies on one cluster, since a transaction cannot span two."

// unnamed is the cluster as far as no block describes it: defaults that hold for
// a pipeline in memory too.
func unnamed() pipeline.Kafka {
	c := newKafka()
	return pipeline.Kafka{
		Prefix: c.Prefix, Partitions: int32(c.Partitions), Replication: int16(c.Replication),
		Instance: hostName(), Workers: c.Workers, MetadataAge: defaultAge,
	}
}

// cluster builds the pipeline's kafka or embedded block.
func (l *loader) cluster() {
	l.out.Kafka = unnamed()
	k := l.single(l.blocks["kafka"], oneCluster)
	e := l.single(l.blocks["embedded"], oneCluster)
	switch {
	case k == nil && e == nil:
		if l.sure("kafka", "embedded", "source") && !l.inMemory() {
			l.absent("Missing block", "Nothing says where Kafka is.", `add kafka { brokers = ["localhost:9092"] }, or embedded { dir = "data" } for a broker inside the process`)
		}
	case k != nil && e != nil:
		l.reportHeader(e, Diagnostic{
			Summary: "Two clusters", Detail: "There is a kafka block, at " + k.where() + ". " + oneCluster,
			Hint: "remove one of the two",
		})
	}
	if k != nil {
		l.kafka(k)
	}
	if e != nil {
		l.embedded(e)
	}
}

// absent reports something that is nowhere in the configuration.
func (l *loader) absent(summary, detail, hint string) {
	if len(l.texts) > 0 {
		l.reportBytes(l.texts[0], 0, 0, Diagnostic{Summary: summary, Detail: detail, Hint: hint})
	}
}

func (l *loader) kafka(b *block) {
	c := newKafka()
	l.decode(b, connections(), c)
	if len(c.Brokers) == 0 && !b.bad["brokers"] {
		l.invalid(b, "brokers", "The list is empty.", `for example ["localhost:9092"]`)
	}
	for i, addr := range c.Brokers {
		if msg, hint := badAddress(addr, "9092"); msg != "" {
			l.mistakes(b, &feedgauge.FieldError{Field: "brokers", Index: i, Msg: msg, Hint: hint})
		}
	}
	if c.Replication != -1 && (c.Replication < 1 || c.Replication > 1000) {
		l.invalid(b, "replication", "The number of replicas must be at least 1, or -1 for the broker's default.", "")
	}
	tls, sasl := l.connection(b)
	l.out.Kafka = pipeline.Kafka{Brokers: c.Brokers, Replication: int16(c.Replication), Rack: c.Rack, TLS: tls, SASL: sasl}
	l.topics(b, &common{c.Prefix, c.Partitions, c.Instance, c.MetadataAge, c.Workers})
}

func (l *loader) embedded(b *block) {
	c := newEmbedded()
	l.decode(b, nil, c)
	if c.Dir == "" && !b.bad["dir"] {
		l.invalid(b, "dir", "The name of the folder is empty.", `for example "data"`)
	}
	l.out.Kafka = pipeline.Kafka{Replication: 1}
	l.out.Embedded = &pipeline.Embedded{Dir: relative(b.text.name, c.Dir)}
	l.topics(b, &common{c.Prefix, c.Partitions, c.Instance, c.MetadataAge, c.Workers})
}

// relative resolves a path against the folder of the file it stands in.
func relative(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

// legal are the characters Kafka allows in topic names; transactional ids and
// group members keep to them too.
var legal = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// common are the options that kafka and embedded share.
type common struct {
	prefix     string
	partitions int
	instance   string
	age        span
	workers    int
}

const (
	mostPartitions = 1000
	mostWorkers    = 64
)

// topics checks what kafka and embedded have in common.
func (l *loader) topics(b *block, c *common) {
	const longest = 200 // a topic's name may have 249 bytes
	if !legal.MatchString(c.prefix) || len(c.prefix) > longest {
		l.invalid(b, "prefix", "It becomes part of topic names: 1 to 200 letters, digits, dots, hyphens and underscores.", "")
	}
	if c.partitions < 1 || c.partitions > mostPartitions {
		l.invalid(b, "partitions", fmt.Sprintf("The number of partitions must be between 1 and %d.", mostPartitions), "")
	}
	if c.instance == "" {
		c.instance = hostName()
	}
	if !legal.MatchString(c.instance) || len(c.instance) > longest {
		l.invalid(b, "instance", "It becomes part of transactional ids: 1 to 200 letters, digits, dots, hyphens and underscores.", "")
	}
	if c.workers < 1 || c.workers > mostWorkers {
		l.invalid(b, "workers", fmt.Sprintf("The number of workers must be between 1 and %d.", mostWorkers), "")
	}
	k := &l.out.Kafka
	k.Prefix, k.Partitions, k.Instance, k.Workers = c.prefix, int32(c.partitions), c.instance, c.workers
	l.resolveOption(b, "instance", c.instance)
	k.MetadataAge = l.duration(b, "metadata_age", c.age, time.Second, 10*time.Minute)
}

// hostName returns the name of the host, in the characters that are legal.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "feedgauge"
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 && legal.MatchString(string(r)) {
			return r
		}
		return '-'
	}, name)
}

// metrics reads where metrics are served.
func (l *loader) metrics() {
	c := newMetrics()
	b := l.single(l.blocks["metrics"], "")
	if b != nil {
		l.decode(b, nil, c)
		if c.Listen == "" || c.Listen == "off" {
			return
		}
		if msg, hint := badAddress(c.Listen, "9464"); msg != "" {
			l.invalid(b, "listen", sentence(msg), hint)
		}
	}
	l.out.Metrics = c.Listen
}

// badAddress says what is wrong with host:port.
func badAddress(addr, port string) (msg, hint string) {
	_, p, err := net.SplitHostPort(addr)
	if err != nil {
		if _, err := strconv.Atoi(addr); err == nil {
			return fmt.Sprintf("%s has no host", quote(addr)), "write " + quote("127.0.0.1:"+addr)
		}
		if addr != "" && !strings.ContainsAny(addr, ":[]/ ") {
			return fmt.Sprintf("%s has no port", quote(addr)), "write " + quote(addr+":"+port)
		}
		return fmt.Sprintf("%s is not host:port", quote(addr)), "for example " + quote("localhost:"+port)
	}
	if n, err := strconv.Atoi(p); err != nil || n < 0 || n > 65535 {
		return fmt.Sprintf("%s is not a port", quote(p)), "ports are numbers up to 65535"
	}
	return "", ""
}
