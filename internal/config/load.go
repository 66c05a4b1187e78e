// Package config turns pipeline.hcl into a checked, built pipeline. Every
// mistake of every file is found in one go and comes with its place, the line of
// source and, where there is one, a hint.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// Plugins are what a configuration may name, by kind. Each function returns a
// new configuration struct with its defaults filled in; its hcl, doc and default
// tags are schema and documentation. The kafka source and the kafka sink are
// built in, as are count and rule.
type Plugins struct {
	Sources    map[string]func() feedgauge.SourceConfig
	Processors feedgauge.Processors
	Sinks      map[string]func() feedgauge.SinkConfig
}

// Load reads files as one configuration and builds it. A folder stands for its
// .hcl files in the order of their names. Variables get the values given, else
// those of the environment, else their defaults. The pipeline is nil if the
// diagnostics have errors.
func Load(files []string, plugins Plugins, given ...Assignment) (*pipeline.Pipeline, Diagnostics) {
	l := newLoader(plugins)
	l.given = given
	for _, name := range files {
		l.load(name)
	}
	return l.finish()
}

// load reads a file or the files of a folder.
func (l *loader) load(name string) {
	names, err := Files(name)
	if err != nil {
		l.unreadable(name, err)
	}
	for _, n := range names {
		if err := l.read(n); err != nil {
			l.unreadable(n, err)
		}
	}
}

// Parse builds the configuration in src. Paths in it are relative to the folder
// of filename, which need not exist.
func Parse(filename string, src []byte, plugins Plugins) (*pipeline.Pipeline, Diagnostics) {
	l := newLoader(plugins)
	l.parse(newText(filename, src))
	return l.finish()
}

// loader collects blocks and mistakes.
type loader struct {
	plugins Plugins
	texts   []*text
	diags   Diagnostics
	broken  bool            // something could not be read, so what seems missing may be there
	doubt   map[string]bool // types of which a block could not be taken in
	blocks  map[string][]*block
	out     *pipeline.Pipeline
	budget  int     // bytes that may still be read by file()
	slots   int     // due times of schedules that may still be looked at
	volume  int     // bytes of all files
	open    []*text // files being read, each included by the one before
	given   []Assignment
	scope   *scope
	sets    map[string]*ruleSet
	decoded map[*hclsyntax.Block]*decoded
	days    map[string]holidays // by entry, as far as one was met

	attached []attachment
}

// block is one block with the file it stands in.
type block struct {
	*hclsyntax.Block
	text *text
	ctx  *hcl.EvalContext
	bad  map[string]bool // options that a mistake has been reported for
}

func newLoader(plugins Plugins) *loader {
	return &loader{
		plugins: plugins, blocks: map[string][]*block{}, doubt: map[string]bool{}, budget: maxRead, slots: maxSlots, days: map[string]holidays{}, scope: newScope(),
		decoded: map[*hclsyntax.Block]*decoded{},
		out:     &pipeline.Pipeline{Feeds: map[feedgauge.FeedID]*pipeline.Feed{}},
	}
}

// top takes in a block of the file's top level.
func (l *loader) top(t *text, b *hclsyntax.Block) {
	if t.ctx == nil {
		t.ctx = l.functions(filepath.Dir(t.name))
	}
	blk := &block{Block: b, text: t, ctx: t.ctx, bad: map[string]bool{}}
	switch {
	case !isTop(b.Type):
		l.unknownBlock(blk, topBlocks())
		l.doubt[suggest.Nearest(b.Type, topBlocks())] = true
	case !l.labels(blk):
		l.doubt[b.Type] = true
	case b.Type == "include":
		l.include(blk)
	default:
		l.blocks[b.Type] = append(l.blocks[b.Type], blk)
	}
}

// sure reports whether all blocks of the types were taken in, so that one that
// is not there was not written.
func (l *loader) sure(kinds ...string) bool {
	for _, k := range kinds {
		if l.doubt[k] {
			return false
		}
	}
	return !l.broken
}

// child wraps a block inside b.
func (b *block) child(inner *hclsyntax.Block) *block {
	return &block{Block: inner, text: b.text, ctx: b.ctx, bad: map[string]bool{}}
}

// finish checks what was collected, as one.
func (l *loader) finish() (*pipeline.Pipeline, Diagnostics) {
	l.settle()
	l.cluster()
	l.metrics()
	l.sources()
	l.ruleSets()
	l.classes()
	l.feeds()
	l.inventories()
	l.groups()
	l.unreachable()
	l.sinks()

	ds := l.arranged()
	if ds.HasErrors() {
		return nil, ds
	}
	l.out.Fingerprint, l.out.Text = l.normal()
	return l.out, ds
}

// arranged returns what was found wrong, in order, with lines and columns.
func (l *loader) arranged() Diagnostics {
	names := make([]string, len(l.texts))
	byName := map[string]*text{}
	for i, t := range l.texts {
		names[i] = t.name
		byName[t.name] = t
	}
	ds := l.diags.arrange(names)
	for i := range ds {
		if t := byName[ds[i].Range.Filename]; t != nil && t.lines != nil {
			t.finish(&ds[i])
		}
	}
	return ds
}

func (l *loader) unreadable(name string, err error) {
	l.broken = true
	l.texts = append(l.texts, &text{name: name})
	l.diags = append(l.diags, Diagnostic{
		Severity: Error, Summary: "Cannot read the file",
		Detail: sentence(err.Error()), Range: Range{Filename: name},
	})
}

// Read reads a file of a configuration, as far as one byte more than it may have.
func Read(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxSize+1)) }

// readFile reads a file of at most limit bytes, and one more to tell that it is
// longer. Devices and pipes that never end do no harm.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a folder")
	}
	src, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	return src, nil
}

// quote shows s in quotes, shortened if it is long.
func quote(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:runeStart([]byte(s), most)] + "..."
	}
	return strconv.Quote(s)
}
