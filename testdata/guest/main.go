// Guest is feedgauge with three plugins of somebody else: a source, a format and
// a sink. It stands for every program outside of the repository that calls
// cmd.Main, and a test builds it as such.
package main

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/cmd"
)

func main() {
	p := cmd.BuiltIn()
	p.Sources["numbers"] = func() feedgauge.SourceConfig { return &Numbers{Topic: "numbers"} }
	p.Processors.Formats["even"] = func() feedgauge.FormatConfig { return &Even{} }
	p.Sinks["file"] = func() feedgauge.SinkConfig { return &File{} }
	cmd.Main(p)
}
