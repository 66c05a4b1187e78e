// Package kafka is all that feedgauge knows of Kafka as a service: it makes
// clients and transaction sessions with the options that the exactly-once
// protocol rests on, creates and checks our topics, reads one partition from
// one offset to another, and runs a broker inside the process.
//
// It knows nothing of feeds, tallies or findings: what the records hold and
// when a transaction ends is the engine's affair.
package kafka
