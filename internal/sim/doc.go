// Package sim runs whole members of the monitor against a broker in memory, in
// virtual time, with everything going wrong that can: processes die between any
// two network operations, sleep past their sessions and wake as zombies, come
// and go, have wrong clocks, and are told errors of requests that were applied
// and of requests that were not. Then it compares what lies on the topics with
// what an undisturbed run of the same traffic left there.
//
// # Oracles
//
// A: the alerts and the closed windows, under read_committed, are those of the
// undisturbed run, in the same order, byte for byte.
//
// S: the newest records of the state topic, restored and folded to the end of
// the journal, give the same states as a fold of the whole journal.
//
// C: what a process read is what it accepted and rejected, and the tallies in
// the journal, under read_committed, add up to the raw records, feed by feed and
// window by window.
//
// The pipeline has feeds of the inventory that never deliver, a pair and a pool,
// batch feeds, a source that goes quiet as a whole, feeds that are forgotten, and
// two kinds of forecast memory. What operators say while a run lasts takes effect
// where it lies in the journal, so the findings of the one feed they speak of are
// not compared; its state and sums are.
//
// # How exact a repetition is
//
// Traffic and faults follow from a seed, and time moves only while everybody
// waits (testing/synctest). The order in which goroutines run within one moment
// is Go's, so a failing seed may have to be run a few times.
//
// # What is left out
//
// kfake neither compacts with regard to the stable offset nor survives a kill,
// so runs end before its first compaction, and the broker itself never dies.
// The tests on a real Kafka do that.
package sim
