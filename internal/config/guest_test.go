package config

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// guest is a plugin as somebody else might write it, with nested blocks.
type guest struct {
	Path    string            `hcl:"path" doc:"where"`
	Retries int               `hcl:"retries,optional" doc:"how often" default:"3"`
	Ratio   *float64          `hcl:"ratio,optional" doc:"share"`
	Fast    bool              `hcl:"fast,optional" doc:"whether" default:"false"`
	Extra   map[string]string `hcl:"extra,optional" doc:"more"`
	TLS     *guestTLS         `hcl:"tls,block" doc:"encryption"`
	Routes  []guestRoute      `hcl:"route,block" doc:"routes"`
	built   *int
	fail    error
}

type guestTLS struct {
	CA string `hcl:"ca" doc:"authority"`
}

type guestRoute struct {
	To   string   `hcl:"to" doc:"target"`
	Tags []string `hcl:"tags,optional" doc:"tags"`
}

func (g *guest) Build(feedgauge.Env) (feedgauge.Source, error) {
	*g.built++
	return guestSource{}, g.fail
}

type guestSource struct{ feedgauge.Source }

func (guestSource) Poll(context.Context) (feedgauge.Batch, error) {
	return feedgauge.Batch{Done: true}, nil
}

func withGuest(built *int, fail error, last **guest) Plugins {
	p := builtin()
	p.Sources["guest"] = func() feedgauge.SourceConfig {
		*last = &guest{Retries: 3, built: built, fail: fail}
		return *last
	}
	return p
}

func guestConfig(options string) []byte {
	return []byte("kafka { brokers = [\"k:1\"] }\nclass \"c\" { match = [\"*\"] }\nsource \"guest\" \"g\" {\n" + options + "}\n")
}

func TestGuestSource(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_RETRIES", "7")
	var last *guest
	built := 0
	p, ds := Parse("t.hcl", guestConfig(`  path    = "x"
  feed    = ["topic"]
  slack   = "2s"
  retries = env("FEEDGAUGE_TEST_RETRIES")
  ratio   = 0.25
  fast    = true
  extra   = { a = "b" }
  tls { ca = "authority" }
  route { to = "one" }
  route {
    to   = "two"
    tags = ["t"]
  }
`), withGuest(&built, nil, &last))
	if p == nil {
		t.Fatal(ds.Err())
	}
	if last.Path != "x" || last.Retries != 7 || *last.Ratio != 0.25 || !last.Fast || last.Extra["a"] != "b" || last.TLS.CA != "authority" || len(last.Routes) != 2 || last.Routes[1].Tags[0] != "t" {
		t.Errorf("decoded %+v", last)
	}
	s := p.Source("g")
	if s.Kind != "guest" || s.SlackCreate.String() != "2s" {
		t.Errorf("source %+v", s)
	}
	for want := 1; want <= 2; want++ {
		if _, err := s.Open(); err != nil || built != want {
			t.Errorf("built %d times at opening %d, %v", built, want, err)
		}
	}
}

func TestGuestMistakes(t *testing.T) {
	t.Parallel()
	var last *guest
	built := 0
	fail := errors.Join(
		&feedgauge.FieldError{Field: "path", Offset: 2, Msg: "bad path"},
		errors.Join(&feedgauge.FieldError{Field: "tls.ca", Msg: "bad authority"}, errors.New("and it rains")),
		&feedgauge.FieldError{Field: "retries", Msg: "reported for its type already"},
	)
	_, ds := Parse("t.hcl", guestConfig(`  path = "abc"
  retries = "x"
  ratio = true
  tls {
    ca   = "q"
    cert = "c"
  }
  route {}
  fast {}
  tls = 1
`), withGuest(&built, fail, &last))
	expect(t, ds,
		"3:1 Cannot be used", `4:13 Invalid value of "path"`, "5:13 Wrong type", "6:11 Wrong type",
		`8:12 Invalid value of "tls.ca"`, "9:5 Unknown option", "11:3 Missing option", "12:3 Option expected", "13:3 Block expected",
	)
}

// Sources of plugins run in memory: no cluster needs to be named, and what is
// said of one elsewhere holds.
func TestNoClusterForPlugins(t *testing.T) {
	t.Parallel()
	var last *guest
	built := 0
	plugins := withGuest(&built, nil, &last)
	src := strings.TrimPrefix(string(guestConfig("  path = \"x\"\n")), "kafka { brokers = [\"k:1\"] }\n")
	p, ds := Parse("t.hcl", []byte(src), plugins)
	if p == nil || len(ds) > 0 {
		t.Fatal(ds.Err())
	}
	if k := p.Kafka; len(k.Brokers) != 0 || k.Partitions != 12 || k.Prefix != "feedgauge" || k.Workers != 1 || k.Instance == "" || k.MetadataAge != 30*time.Second {
		t.Errorf("cluster %+v", k)
	}
	_, ds = Parse("t.hcl", []byte(src+"source \"gust\" \"h\" {}\n"), plugins)
	expect(t, ds, "1:1 Missing option", "5:8 Unknown source")
	_, ds = Parse("t.hcl", []byte(wrap("")[len("kafka { brokers = [\"k:9092\"] }"):]), plugins)
	expect(t, ds, "1:1 Missing block")
}

func TestSourcesOfTwoKinds(t *testing.T) {
	t.Parallel()
	var last *guest
	built := 0
	plugins := withGuest(&built, nil, &last)
	kafka := "source \"kafka\" \"k\" { topics = [\"t\"] }\n"
	src := strings.Replace(string(guestConfig("  path = \"x\"\n")), "class \"c\" {", "class \"c\" {\n  source = \"g\"\n ", 1)
	src = strings.Replace(src, "[\"*\"] }", "[\"*\"]\n}", 1)
	_, ds := Parse("t.hcl", []byte(src+kafka+strings.Replace(kafka, "\"k\"", "\"l\"", 1)), plugins)
	expect(t, ds, "9:8 Sources of two kinds")
	if ds[0].Hint == "" || !strings.Contains(ds[0].Detail, `source "kafka" "k" and source "guest" "g"`) {
		t.Errorf("%+v", ds[0])
	}
	_, ds = Parse("t.hcl", []byte(kafka+src), plugins)
	expect(t, ds, "7:8 Sources of two kinds")
}

func TestUnusableOption(t *testing.T) {
	t.Parallel()
	p := builtin()
	p.Sinks["odd"] = func() feedgauge.SinkConfig { return &oddSink{} }
	_, ds := Parse("t.hcl", []byte(wrap("")+"sink \"odd\" \"s\" { pipe = 1 }\n"), p)
	expect(t, ds, "6:18 Option cannot be set")
}

type oddSink struct {
	Pipe chan int `hcl:"pipe,optional" doc:"cannot be written"`
}

func (*oddSink) Build(feedgauge.Env) (feedgauge.Sink, error) { return nil, nil }
