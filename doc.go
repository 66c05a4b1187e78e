// Package feedgauge holds the vocabulary of the monitor and the interfaces its
// plugins implement. It imports the standard library only, so that every other
// package, and every plugin outside this tree, can speak it.
//
// The words: a feed is one stream of logs that should arrive; a lane is one
// partition of a raw topic; a window is a fixed interval of arrival time; a
// tally is what one worker counted for feeds in a window since its last commit;
// a trailer is a worker's word on how far its lanes have been counted; a
// finding is one episode of a rule on a feed, told in steps.
package feedgauge
