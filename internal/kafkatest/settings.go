package kafkatest

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// settings are one broker's ports, folders and options.
type settings struct {
	dir              string
	port, controller int
	configs          map[string]string
	jvm              []string
	listeners        []*listener // further ones
}

// listener is one more address of a broker.
type listener struct {
	name, protocol string
	port           int
}

// newSettings puts the defaults and opts together. One node cannot replicate,
// so its own topics must not ask for it. Timeouts that a test would wait for are
// short: the session of a broker that was killed has to run out before its
// successor is let in, and open transactions of the dead are looked for every
// second.
func newSettings(dir string, opts []Option) settings {
	s := settings{dir: dir, configs: map[string]string{
		"process.roles":                                               "broker,controller",
		"node.id":                                                     "1",
		"controller.listener.names":                                   "CONTROLLER",
		"listener.security.protocol.map":                              "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
		"log.dirs":                                                    filepath.Join(dir, "data"),
		"auto.create.topics.enable":                                   "false",
		"offsets.topic.replication.factor":                            "1",
		"offsets.topic.num.partitions":                                "4",
		"transaction.state.log.replication.factor":                    "1",
		"transaction.state.log.min.isr":                               "1",
		"transaction.state.log.num.partitions":                        "4",
		"share.coordinator.state.topic.replication.factor":            "1",
		"share.coordinator.state.topic.min.isr":                       "1",
		"group.initial.rebalance.delay.ms":                            "0",
		"group.min.session.timeout.ms":                                "1000",
		"transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
		"broker.session.timeout.ms":                                   "3000",
		"broker.heartbeat.interval.ms":                                "500",
		"log.cleaner.dedupe.buffer.size":                              "16777216",
	}}
	s.jvm = []string{"-Xmx512m", "-XX:+UseSerialGC"}
	for _, opt := range opts {
		opt(&s)
	}
	return s
}

// choosePorts picks such as are free now. Somebody else may take them before
// the broker does, so a failed first start is tried again with others.
func (s *settings) choosePorts() error {
	ports := []*int{&s.port, &s.controller}
	for _, l := range s.listeners {
		ports = append(ports, &l.port)
	}
	for _, port := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer l.Close() //nolint:errcheck,revive // listeners that nobody has spoken to
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func (s *settings) properties() string { return filepath.Join(s.dir, "server.properties") }
func (s *settings) logConfig() string  { return filepath.Join(s.dir, "log4j2.properties") }
func (s *settings) log() string        { return filepath.Join(s.dir, "broker.log") }

// write puts the configuration files into the broker's folder.
func (s *settings) write() error {
	configs := maps.Clone(s.configs)
	public := fmt.Sprintf("PLAINTEXT://127.0.0.1:%d", s.port)
	for _, l := range s.listeners {
		public += fmt.Sprintf(",%s://127.0.0.1:%d", l.name, l.port)
		configs["listener.security.protocol.map"] += "," + l.name + ":" + l.protocol
	}
	configs["listeners"] = fmt.Sprintf("%s,CONTROLLER://127.0.0.1:%d", public, s.controller)
	configs["advertised.listeners"] = public
	configs["controller.quorum.bootstrap.servers"] = fmt.Sprintf("127.0.0.1:%d", s.controller)
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(configs)) {
		fmt.Fprintf(&b, "%s=%s\n", key, strings.ReplaceAll(configs[key], `\`, `\\`))
	}
	if err := os.WriteFile(s.properties(), []byte(b.String()), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.logConfig(), []byte(log4j), 0o600)
}

// log4j keeps the broker quiet. Everything goes to standard error, because the
// standard output of the tools is what tests read.
const log4j = `status=error
appender.err.type=Console
appender.err.name=err
appender.err.target=SYSTEM_ERR
appender.err.layout.type=PatternLayout
appender.err.layout.pattern=%d{HH:mm:ss.SSS} %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRef.err.ref=err
`
