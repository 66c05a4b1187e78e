package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// connector finds out, from a command's flags, which cluster it is to talk to
// and how our topics are named there.
type connector func(cmd *cobra.Command) (pipeline.Kafka, error)

// Flags of the commands that talk to Kafka.
const (
	configFlag  = "config"
	brokersFlag = "brokers"
	prefixFlag  = "prefix"
)

// addConnectFlags gives a command the flags that a connector reads.
func addConnectFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringArray(configFlag, []string{"./pipeline.hcl"}, "the configuration `FILE` or folder that says where Kafka is")
	f.StringSlice(brokersFlag, nil, "`HOST:PORT,...` of Kafka; a configuration is read then only if --config is given too")
	f.String(prefixFlag, "feedgauge", "how the names of our topics begin, with --brokers alone")
}

// targeter is a connector that also returns the configuration, nil if none is
// read, and also with a brokerDownError.
type targeter func(cmd *cobra.Command) (pipeline.Kafka, *pipeline.Pipeline, error)

// connect returns a connector that takes the cluster from --brokers, if given,
// and else from the configuration, which load reads; load reports what is wrong
// with it to the writer.
func connect(load func(files []string, stderr io.Writer) (*pipeline.Pipeline, error)) connector {
	aim := target(load)
	return func(c *cobra.Command) (pipeline.Kafka, error) {
		k, _, err := aim(c)
		return k, err
	}
}

// target returns the targeter that connect is made of. With both --brokers and
// --config given, the configuration is read and the brokers replace its own.
func target(load func(files []string, stderr io.Writer) (*pipeline.Pipeline, error)) targeter {
	return func(c *cobra.Command) (pipeline.Kafka, *pipeline.Pipeline, error) {
		k, given, err := fromFlags(c)
		if err != nil || given && !c.Flags().Changed(configFlag) {
			return k, nil, err
		}
		files, err := c.Flags().GetStringArray(configFlag)
		if err != nil {
			return k, nil, err
		}
		p, err := load(files, c.ErrOrStderr())
		switch {
		case err != nil:
			return k, nil, err
		case given:
			p.Kafka.Brokers, p.Embedded = k.Brokers, nil
		case p.Embedded != nil && len(p.Kafka.Brokers) == 0:
			if p.Kafka.Brokers, err = embeddedAddress(p.Embedded.Dir); err != nil {
				return p.Kafka, p, err
			}
		}
		return p.Kafka, p, nil
	}
}

// fromFlags returns the cluster that --brokers names, if it is given.
func fromFlags(c *cobra.Command) (k pipeline.Kafka, given bool, err error) {
	f := c.Flags()
	brokers, errBrokers := f.GetStringSlice(brokersFlag)
	prefix, errPrefix := f.GetString(prefixFlag)
	if err := errors.Join(errBrokers, errPrefix); err != nil {
		return k, false, err
	}
	for i := range brokers {
		brokers[i] = strings.TrimSpace(brokers[i])
	}
	switch {
	case f.Changed(prefixFlag) && (!f.Changed(brokersFlag) || f.Changed(configFlag)):
		return k, false, errors.New("--prefix goes with --brokers: a configuration has a prefix of its own")
	case !f.Changed(brokersFlag):
		return k, false, nil
	case len(brokers) == 0 || slices.Contains(brokers, ""):
		return k, false, fmt.Errorf("--brokers %q: an address is missing", strings.Join(brokers, ","))
	}
	return pipeline.Kafka{Brokers: brokers, Prefix: prefix}, true, nil
}
