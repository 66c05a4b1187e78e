// Feedgauge watches log feeds in Kafka.
package main

import "github.com/feedgauge/feedgauge/cmd"

func main() { cmd.Main(cmd.BuiltIn()) }
