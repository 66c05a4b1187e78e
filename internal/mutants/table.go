package main

// mutant is a bug of the protocol and the test that must notice it.
type mutant struct {
	name     string
	pkg      string // of the test
	test     string
	property bool // the test is one of pgregory.net/rapid
	edits    []edit
}

// edit replaces a text that the files of a package, tests aside, have once.
type edit struct{ dir, old, new string }

const (
	pkgEngine = "./internal/engine"
	pkgIntake = "./internal/intake"
	pkgWatch  = "./internal/watch"
	pkgRules  = "./processors/rules"
	pkgKafka  = "./internal/kafka"
)

// mutants are all bugs, in the order of a record's way.
func mutants() []mutant {
	var out []mutant
	for _, part := range [][]mutant{lanes(), transactions(), restores(), watermarks(), judging()} {
		out = append(out, part...)
	}
	return out
}

// lanes are bugs in what intake knows of its lanes.
func lanes() []mutant {
	return []mutant{
		{name: "idle by timer", pkg: pkgIntake, test: "TestEnds", edits: []edit{{
			pkgIntake, "case l.position >= e.High:", "case true:",
		}}},
		{name: "blocked is idle", pkg: pkgIntake, test: "TestEnds", edits: []edit{{
			pkgIntake, "case l.position >= e.High:", "case l.position >= e.Stable:",
		}}},
		{name: "overlay kept on abort", pkg: pkgIntake, test: "TestCommitAndDrop", edits: []edit{{
			pkgIntake, "func (in *Intake) Drop() {\n\tin.reset()", "func (in *Intake) Drop() {",
		}}},
		{name: "lanes go on after abort", pkg: pkgIntake, test: "TestCommitAndDrop", edits: []edit{{
			pkgIntake, "\tin.reset()\n\tfor _, l := range in.lanes {\n\t\tl.restart()\n\t}", "\tin.reset()",
		}}},
		{name: "trailer before tallies", pkg: pkgEngine, test: "TestTrailerComesAfterItsTallies", edits: []edit{{
			pkgEngine, "range append(values, trailer)", "range append([][]byte{trailer}, values...)",
		}}},
		{name: "lane merged twice", pkg: pkgEngine, test: "TestRecordsThatComeTwiceAreRefused", edits: []edit{{
			pkgEngine, "first < m.Position {", "first < 0 {",
		}}},
		{name: "no rewind on rebalance", pkg: pkgEngine, test: "TestLanesThatStayStandAtTheirLastCommit", edits: []edit{{
			pkgEngine, "\tl.in.Drop()\n\tstay :=", "\tstay :=",
		}}},
		{name: "our own clock", pkg: pkgEngine, test: "TestBrokerClock", edits: []edit{{
			pkgEngine, "return c.measured && (wall.Sub(c.wall)-time.Since(c.answered)).Abs() <= count.Skew", "return true",
		}}},
		{name: "stamps may run behind", pkg: "./processors/count", test: "TestArriveInvariants", property: true, edits: []edit{{
			"./processors/count", "return l.Watermark, true, future", "return t, true, future",
		}}},
	}
}

// transactions are bugs in what is committed together.
func transactions() []mutant {
	return []mutant{
		{name: "unmoved lanes left out", pkg: pkgEngine, test: "TestCompleteCarriesEveryLane", edits: []edit{{
			pkgEngine, "\t\tif seen[l] {\n\t\t\tcontinue", "\t\tif seen[l] || l.Partition >= 0 {\n\t\t\tcontinue",
		}}},
		{name: "memory left out", pkg: pkgEngine, test: "TestCompleteCarriesEveryLane", edits: []edit{{
			pkgEngine, "p.Metadata, seen[l] = &metadata, true", "p.Metadata, seen[l] = p.Metadata, len(metadata) >= 0",
		}}},
		{name: "committed without a place in the group", pkg: pkgEngine, test: "TestFits", edits: []edit{{
			pkgEngine, `req.MemberID == "" || req.Generation < 0`, "req == nil",
		}}},
		{name: "lanes not compared", pkg: pkgEngine, test: "TestFits", edits: []edit{{
			pkgEngine, "if !sameLanes(committed, claims) {", "if committed == nil {",
		}}},
		{name: "positions not compared", pkg: pkgEngine, test: "TestFits", edits: []edit{{
			pkgEngine, "if stands[l] != c.offset {", "if stands == nil {",
		}}},
		{name: "committed though output was refused", pkg: pkgEngine, test: "TestRefusedOutput", edits: []edit{{
			pkgEngine, "kgo.TransactionEndTry(refused == nil)", "kgo.TryCommit",
		}}},
		{name: "fold kept on abort", pkg: pkgEngine, test: "TestRefusedCommits", edits: []edit{{
			pkgEngine, "\t\tclear(l.parts) //", "\t\t//",
		}}},
	}
}

// restores are bugs in coming back.
func restores() []mutant {
	return []mutant{
		{name: "offsets not stable", pkg: pkgKafka, test: "TestCommittedWaits", edits: []edit{{
			pkgKafka, "req.RequireStable = true", "req.RequireStable = false",
		}}},
		{name: "state before its offset", pkg: pkgEngine, test: "TestRestoreWaitsForTheStateOfItsOffset", edits: []edit{{
			pkgEngine, "m.Polled >= committed {", "m.Polled <= committed {",
		}}},
		{name: "folded twice after restore", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "\t\tif f.foldedTo > e.Offset {\n", "\t\tif f.foldedTo < 0 {\n",
		}}},
		{name: "saved in the middle of an entry", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "f.foldedTo, f.dirty = w.next-1, true", "f.dirty = true",
		}}},
		{name: "cursor forgotten", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "\t\tw.until, w.untilAt = m.cursor, m.Next-1\n", "",
		}}},
		{name: "folded again from too late", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "w.points[1].offset <= low {", "w.points[1].offset >= 0 {",
		}}},
		{name: "a forgotten feed is met again by a restore", pkg: pkgWatch, test: "TestGoneIsNotMetAgain", edits: []edit{{
			pkgWatch, "f == nil && w.graves.holds(key, e.Offset)", "f == nil && w.graves.holds(key, -1) && e.Offset < 0",
		}}},
		{name: "a group is not saved with the member it lost", pkg: pkgWatch, test: "TestGroupIsSavedWhenAMemberLeaves", edits: []edit{{
			pkgWatch, "\tif len(g.members) > 0 && g.asleep", "\tif len(g.members) < 0 && g.asleep",
		}}},
	}
}

// watermarks are bugs in knowing how far time has come.
func watermarks() []mutant {
	return []mutant{
		{name: "unknown lanes do not hold", pkg: pkgWatch, test: "TestUnknownLaneHoldsTheWatermark", edits: []edit{{
			pkgWatch, "low, any = min(low, w), true", "any = true\n\t\t\tif w > -1<<62 {\n\t\t\t\tlow = min(low, w)\n\t\t\t}",
		}}},
		{name: "wall clock for watermark", pkg: pkgWatch, test: "TestUnknownLaneHoldsTheWatermark", edits: []edit{{
			pkgWatch, "min(w.marks.source(s.name), w.broker)", "w.broker",
		}}},
		{name: "watermark ahead of the broker", pkg: pkgWatch, test: "TestBrokerTimeCapsTheWatermark", edits: []edit{{
			pkgWatch, "min(w.marks.source(s.name), w.broker)", "w.marks.source(s.name)",
		}}},
		{name: "fastest lane counts", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "low, any := feedgauge.After, false", "low, any := feedgauge.Before, false",
		}, {
			pkgWatch, "low, any = min(low, w), true", "low, any = max(low, w), true",
		}}},
	}
}

// judging are bugs in what is found.
func judging() []mutant {
	return []mutant{
		{name: "no lateness", pkg: pkgWatch, test: "TestLatenessHoldsWhatIsDue", edits: []edit{{
			pkgWatch, "d.fire = d.at.Add(f.class.Lateness)", "d.fire = d.at",
		}}},
		{name: "order by due time alone", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "return strings.Compare(d.key, e.key) < 0", "return strings.Compare(d.key, d.key) < 0",
		}}},
		{name: "gaps ignored", pkg: pkgWatch, test: "TestGap", edits: []edit{{
			pkgWatch, "s.lost.add(e.Gap.From, e.Gap.To)", "s.lost.add(e.Gap.To, e.Gap.From)",
		}}},
		{name: "lost time counts as silence", pkg: pkgWatch, test: "TestGapThenSilence", edits: []edit{{
			pkgWatch, "f.class.Elapsed(from, to)-s.lost.overlap(from, to)", "f.class.Elapsed(from, to)",
		}}},
		{name: "the time of an outage counts as silence", pkg: pkgWatch, test: "TestOutage", edits: []edit{{
			pkgWatch, "\t\t\tfrom = o.Last\n", "\t\t\t_ = o.Last\n",
		}}},
		{name: "silence does not wait for the outage", pkg: pkgWatch, test: "TestSilenceWaitsForTheOutage", edits: []edit{{
			pkgWatch, "to = min(at, last.Add(feedgauge.MaxGap))", "to = at",
		}}},
		{name: "a quiet window is no interruption", pkg: pkgWatch, test: "TestQuietWindowsEndARow", edits: []edit{{
			pkgRules, "} else if m.Quiet {", "} else if false {",
		}}},
		{name: "learns from holes", pkg: pkgWatch, test: "TestGap", edits: []edit{{
			pkgWatch, "\t\tw.stand(f, m, reason)\n", "\t\tw.stand(f, m, reason)\n\t\tf.learn(m, false)\n",
		}}},
		{name: "arrivals after the deadline excuse", pkg: pkgWatch, test: "TestDeadlineIsJudgedAsOfItself", edits: []edit{{
			pkgWatch, "f.deadline = feedgauge.After\n\tif f.pending.ArrivedBefore(at) {", "f.deadline = feedgauge.After\n\tif len(f.pending.All()) > 0 {",
		}}},
		{name: "forecasts of measures are forgotten", pkg: pkgWatch, test: "TestFoldIsTheSameHoweverItIsCut", property: true, edits: []edit{{
			pkgWatch, "if t.model != nil && model != nil && t.model.Load", "if t == &f.model && t.model != nil && model != nil && t.model.Load",
		}}},
		{name: "values are kept in the order in which they come", pkg: "./processors/measure", test: "TestSketchesMergeInAnyOrder", property: true, edits: []edit{{
			"./processors/measure", "slices.Insert(d.exact, at, h)", "slices.Insert(d.exact, at*0, h)",
		}}},
		{name: "delayed arrivals are measured", pkg: pkgIntake, test: "TestMeasures", edits: []edit{{
			pkgIntake, "len(e.f.meters) > 0 && !a.Delayed", "len(e.f.meters) > 0",
		}}},
		{name: "late tallies change nothing", pkg: pkgWatch, test: "TestRetraction", edits: []edit{{
			pkgWatch, "\t\t\tw.lateTally(f, e.Tally.Window, t, out)\n", "",
		}}},
	}
}
