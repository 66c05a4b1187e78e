// Package topics writes down what a cluster needs for a pipeline, for the tools
// with which people set clusters up: our topics, and the rights of each role.
package topics

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Role is who gets rights.
type Role struct {
	Name      string // one or several of kafka.GrantRoles, as a comment
	Principal string // such as User:feedgauge
	Grants    []kafka.Grant
}

// Shell writes commands of Kafka's own tools.
func Shell(w io.Writer, k pipeline.Kafka, roles []Role) error {
	var b strings.Builder
	server := strings.Join(k.Brokers, ",")
	b.WriteString("# Topics\n")
	for _, t := range kafka.Plan(k) {
		fmt.Fprintf(&b, "kafka-topics.sh --bootstrap-server %s --create --if-not-exists --topic %s --partitions %d", server, t.Name, k.Partitions)
		if k.Replication > 0 {
			fmt.Fprintf(&b, " --replication-factor %d", k.Replication)
		}
		for _, key := range slices.Sorted(maps.Keys(t.Configs)) {
			fmt.Fprintf(&b, " --config %s=%s", key, t.Configs[key])
		}
		b.WriteByte('\n')
	}
	for _, r := range roles {
		fmt.Fprintf(&b, "\n# Rights of %s\n", r.Name)
		for _, g := range r.Grants {
			fmt.Fprintf(&b, "kafka-acls.sh --bootstrap-server %s --add --allow-principal %s --operation %s %s %s", server, quoted(r.Principal), operation(g), flag(g), quoted(g.Name))
			if g.Prefixed {
				b.WriteString(" --resource-pattern-type prefixed")
			}
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted keeps a shell from reading anything into a word.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// operation is an operation as Kafka's tools write it: DescribeConfigs.
func operation(g kafka.Grant) string {
	var out string
	for _, word := range strings.Split(g.Op.String(), "_") {
		out += word[:1] + strings.ToLower(word[1:])
	}
	return out
}

func flag(g kafka.Grant) string {
	switch g.Kind {
	case kmsg.ACLResourceTypeGroup:
		return "--group"
	case kmsg.ACLResourceTypeTransactionalId:
		return "--transactional-id"
	default:
		return "--topic"
	}
}

// Terraform writes resources of the provider Mongey/kafka.
func Terraform(w io.Writer, k pipeline.Kafka, roles []Role) error {
	var b strings.Builder
	for _, t := range kafka.Plan(k) {
		fmt.Fprintf(&b, "resource \"kafka_topic\" %q {\n  name               = %q\n  partitions         = %d\n  replication_factor = %d\n  config = {\n", identifier(t.Name), t.Name, k.Partitions, k.Replication)
		for _, key := range slices.Sorted(maps.Keys(t.Configs)) {
			fmt.Fprintf(&b, "    %q = %q\n", key, t.Configs[key])
		}
		b.WriteString("  }\n}\n\n")
	}
	n := 0
	for _, r := range roles {
		fmt.Fprintf(&b, "# Rights of %s\n\n", r.Name)
		for _, g := range r.Grants {
			n++
			pattern := "Literal"
			if g.Prefixed {
				pattern = "Prefixed"
			}
			fmt.Fprintf(&b, "resource \"kafka_acl\" \"%s_%d\" {\n  resource_name                = %q\n  resource_type                = %q\n  resource_pattern_type_filter = %q\n"+
				"  acl_principal                = %q\n  acl_host                     = \"*\"\n  acl_operation                = %q\n  acl_permission_type          = \"Allow\"\n}\n\n",
				identifier(k.Prefix), n, g.Name, resourceType(g), pattern, r.Principal, operation(g))
		}
	}
	_, err := io.WriteString(w, strings.TrimSuffix(b.String(), "\n"))
	return err
}

func resourceType(g kafka.Grant) string {
	switch g.Kind {
	case kmsg.ACLResourceTypeGroup:
		return "Group"
	case kmsg.ACLResourceTypeTransactionalId:
		return "TransactionalID"
	default:
		return "Topic"
	}
}

// identifier is a name as Terraform takes it for a resource.
func identifier(name string) string {
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
	if name == "" || name[0] >= '0' && name[0] <= '9' || name[0] == '-' {
		name = "_" + name
	}
	return name
}
