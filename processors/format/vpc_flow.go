package format

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// vpcFlow is the flow log of Amazon VPC (AWS documentation, "Flow log records",
// versions 2 to 10, and of transit gateways): values between spaces. A line of
// field names, as files in S3 have it, names the columns; without one, and without
// the option "fields", they are those of version 2. In records without traffic
// (NODATA, SKIPDATA) most values are "-".
func vpcFlow() dialect {
	return dialect{
		open: true, time: "start", kind: "log-status", named: true,
		fields: []known{{name: "start", typ: "timestamp(epoch)"}},
		scanner: func(columns []string) scanner {
			if len(columns) == 0 {
				columns = vpcDefault()
			}
			v := &vpcScanner{newTable(columns, vpcType)}
			v.forget()
			return v
		},
	}
}

// vpcDefault returns the fields of a flow log that nobody has chosen.
func vpcDefault() []string {
	return strings.Fields("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status")
}

// vpcTypes are the types of the fields. Those without are text.
var vpcTypes = map[string]string{
	"version": "size", "account-id": "", "interface-id": "regexp(^(eni-[0-9a-f]+|[0-9a-f]{8,})$)",
	"srcaddr": "ip", "dstaddr": "ip", "srcport": "port", "dstport": "port",
	"protocol": "size", "packets": "size", "bytes": "size", "start": "", "end": "timestamp(epoch)",
	"action": "enum(ACCEPT|REJECT)", "log-status": "enum(OK|NODATA|SKIPDATA)",
	"vpc-id": "", "subnet-id": "", "instance-id": "", "tcp-flags": "size", "type": "enum(IPv4|IPv6|EFA)",
	"pkt-srcaddr": "ip", "pkt-dstaddr": "ip", "region": "", "az-id": "", "sublocation-type": "", "sublocation-id": "",
	"pkt-src-aws-service": "", "pkt-dst-aws-service": "", "flow-direction": "enum(ingress|egress)", "traffic-path": "size",
	"ecs-cluster-arn": "", "ecs-cluster-name": "", "ecs-container-instance-arn": "", "ecs-container-instance-id": "",
	"ecs-container-id": "", "ecs-second-container-id": "", "ecs-service-name": "", "ecs-task-definition-arn": "",
	"ecs-task-arn": "", "ecs-task-id": "", "reject-reason": "", "resource-id": "", "encryption-status": "",
	"resource-type": "", "tgw-id": "", "tgw-attachment-id": "", "tgw-pair-attachment-id": "",
	"tgw-src-vpc-account-id": "", "tgw-dst-vpc-account-id": "", "tgw-src-vpc-id": "", "tgw-dst-vpc-id": "", "tgw-src-subnet-id": "",
	"tgw-dst-subnet-id": "", "tgw-src-eni": "", "tgw-dst-eni": "", "tgw-src-az-id": "", "tgw-dst-az-id": "",
	"packets-lost-no-route": "size", "packets-lost-blackhole": "size", "packets-lost-mtu-exceeded": "size", "packets-lost-ttl-expired": "size",
}

func vpcType(name string) string { return vpcTypes[name] }

type vpcScanner struct{ *table }

// header implements headed: all of it are names of fields.
func (v *vpcScanner) header(line []byte) bool {
	if line[0]-'0' <= 9 {
		return false
	}
	if v.same(line) {
		return true
	}
	n := 0
	for rest := line; len(rest) > 0; n++ {
		var name []byte
		name, rest, _ = bytes.Cut(rest, []byte{' '})
		if _, ok := vpcTypes[string(name)]; !ok {
			return false
		}
	}
	if n < 2 {
		return false
	}
	v.hold(line, strings.Fields(string(line)), nil)
	return true
}

// scan implements scanner.
func (v *vpcScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	return v.split(e, b, ' ')
}

// split cuts b at each separator into the columns of the row.
func (t *table) split(e *feedgauge.Event, b []byte, separator byte) feedgauge.Reason {
	row := t.row
	for n := range row {
		end := bytes.IndexByte(b, separator)
		if end < 0 {
			row[n].Value = b
			if e.Fields = row[:n+1]; n+1 < len(row) {
				return feedgauge.Columns
			}
			return ""
		}
		row[n].Value, b = b[:end], b[end+1:]
	}
	e.Fields = row
	return feedgauge.Columns
}
