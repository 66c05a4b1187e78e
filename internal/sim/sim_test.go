package sim

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

var (
	seedFlag   = flag.Uint64("sim.seed", 0, "run this seed alone")
	kFlag      = flag.Int("sim.k", 0, "run the death at this operation alone")
	runsFlag   = flag.Int("sim.runs", 2000, "random runs")
	fromFlag   = flag.Uint64("sim.from", 1, "seed of the first random run")
	deathsFlag = flag.Int("sim.deaths", 400, "operations at which to die in the exhaustive part, evenly spread; those of the run at most")
	logFlag    = flag.Bool("sim.log", false, "print what the members log")
)

const (
	// perTraffic is how many seeds in a row share their traffic, and with it the
	// undisturbed run they are compared with.
	perTraffic = 20
	// deathTraffic is the traffic of the exhaustive part.
	deathTraffic = 1
	// stuckAfter is how long a run may take by a real clock before it is named.
	stuckAfter = 60 * time.Second
)

// TestSim lets one process die at each operation of a run, and lets everything
// go wrong at random in many others.
func TestSim(t *testing.T) {
	t.Parallel()
	if !durable {
		again(t)
		return
	}
	s := &suite{pipe: newPipeline(t), references: make(map[uint64]*reference), began: time.Now()}
	jobs := s.plan(t)
	t.Run("runs", func(t *testing.T) {
		for i := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				for j := range jobs {
					s.run(t, j)
				}
			})
		}
	})
	fmt.Println(s.summary())
}

// again runs the test with the locks that it needs, and without the race
// detector, which would make it take ten times as long.
func again(t *testing.T) {
	left := time.Duration(0) // no limit
	if deadline, ok := t.Deadline(); ok {
		left = time.Until(deadline) - 5*time.Second
	}
	args := []string{"test", "-v", "-tags", "synctests", "-run", "^TestSim$", "-timeout", left.String()}
	if testing.Short() {
		args = append(args, "-short")
	}
	args = append(args, ".")
	// The child's own flags follow the package.
	flag.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Name, "sim.") {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOGC=400") // each run is small and leaves a lot
	out, err := cmd.CombinedOutput()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "simulated deaths") {
			figures.Tell(t, "%s", lines.Text())
		}
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// job is one run to do.
type job struct {
	traffic uint64
	plan    func() *plan
	repeat  string // flags that do it again
	death   bool   // of the exhaustive part
}

// suite is all runs together.
type suite struct {
	pipe  *pipeline.Pipeline
	began time.Time

	mu           sync.Mutex
	references   map[uint64]*reference
	counts       counts
	deaths, runs int // done
	a, s, c      int // runs that differ
}

// reference is the undisturbed run of a traffic.
type reference struct {
	once sync.Once
	out  *outcome
	err  error
}

func (s *suite) reference(t *testing.T, traffic uint64) (*outcome, error) {
	s.mu.Lock()
	r := s.references[traffic]
	if r == nil {
		r = &reference{}
		s.references[traffic] = r
	}
	s.mu.Unlock()
	r.once.Do(func() { r.out, r.err = simulate(t, s.pipe, traffic, undisturbed(), nil) })
	return r.out, r.err
}

// plan returns the runs to do, in a channel.
func (s *suite) plan(t *testing.T) <-chan job {
	var jobs []job
	switch {
	case *kFlag > 0:
		jobs = append(jobs, deathJob(*kFlag))
	case *seedFlag > 0:
		jobs = append(jobs, chaosJob(*seedFlag))
	default:
		jobs = s.everything(t)
	}
	ch := make(chan job, len(jobs))
	for _, j := range jobs {
		ch <- j
	}
	close(ch)
	return ch
}

func (s *suite) everything(t *testing.T) (jobs []job) {
	ref, err := s.reference(t, deathTraffic)
	if err != nil {
		t.Fatal(err)
	}
	deaths, runs := min(*deathsFlag, ref.counts.operations), *runsFlag
	if testing.Short() {
		deaths, runs = min(deaths, 40), min(runs, 100)
	}
	for i := range deaths {
		jobs = append(jobs, deathJob(1+i*ref.counts.operations/deaths))
	}
	for i := range runs {
		jobs = append(jobs, chaosJob(*fromFlag+uint64(i)))
	}
	return jobs
}

func deathJob(k int) job {
	return job{
		traffic: deathTraffic, plan: func() *plan { return deathAt(k) },
		repeat: fmt.Sprintf("-sim.k=%d", k), death: true,
	}
}

func chaosJob(seed uint64) job {
	return job{
		traffic: seed / perTraffic, plan: func() *plan { return chaos(seed) },
		repeat: fmt.Sprintf("-sim.seed=%d", seed),
	}
}

// run does one run and compares it with the undisturbed one.
func (s *suite) run(t *testing.T, j job) {
	repeat := "go test ./internal/sim -run TestSim " + j.repeat
	slow := time.AfterFunc(stuckAfter, func() { fmt.Fprintln(os.Stderr, "this run does not end:", repeat) })
	defer slow.Stop()
	var log hclog.Logger
	if *logFlag {
		log = hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: os.Stdout})
	}
	want, err := s.reference(t, j.traffic)
	if err != nil {
		t.Errorf("undisturbed run of traffic %d: %v", j.traffic, err)
		return
	}
	out, err := simulate(t, s.pipe, j.traffic, j.plan(), log)
	if err != nil {
		t.Errorf("%v\n%s\nagain: %s", err, strings.Join(out.story, "\n"), repeat)
		return
	}
	d := out.compare(want)
	s.add(j, out, &d)
	if d.any() {
		t.Errorf("%d differences in A, %d in S, %d in C\n%s\n%s\nagain: %s",
			len(d.a), len(d.s), len(d.c), strings.Join(out.story, "\n"), d.some(), repeat)
	}
}

func (s *suite) add(j job, out *outcome, d *differences) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.add(out.counts)
	if j.death {
		s.deaths++
	} else {
		s.runs++
	}
	s.a += min(1, len(d.a))
	s.s += min(1, len(d.s))
	s.c += min(1, len(d.c))
}

func (s *suite) summary() string {
	return fmt.Sprintf("simulated deaths: %d exhaustive + %d random runs, %d differences in A, %d in S, %d in C (%d deaths, %d pauses, %d errors, %d operations; %.0fs)",
		s.deaths, s.runs, s.a, s.s, s.c, s.counts.deaths, s.counts.pauses, s.counts.errors, s.counts.operations, time.Since(s.began).Seconds())
}

// some returns the first few of the differences.
func (d *differences) some() string {
	var lines []string
	for _, list := range [][]string{d.a, d.s, d.c} {
		for _, line := range list[:min(len(list), 8)] {
			lines = append(lines, line[:min(len(line), 600)])
		}
	}
	return strings.Join(lines, "\n")
}
