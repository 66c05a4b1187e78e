package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

var errNoMain = errors.New("kafkatest.Shared needs a TestMain that calls kafkatest.Main")

// oldestJava is the first Java that the broker of this Kafka runs on.
const oldestJava = 17

// require returns only if a broker can be run. Otherwise it skips the test with
// one line that says how to run it, or fails it where skipping is not allowed.
func require(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: tests on a real Kafka are not for -short")
	}
	err := prepare()
	if err == nil {
		return
	}
	if mandatory() {
		t.Fatalf("the tests on a real Kafka must run here: %v", err)
	}
	line := fmt.Sprintf("skipped: the tests on a real Kafka: %v", err)
	note(line)
	t.Skip(line)
}

// mandatory reports whether a test that cannot run has failed.
func mandatory() bool {
	return os.Getenv("CI") == "true" || os.Getenv("FEEDGAUGE_REQUIRE_KAFKA") == "1"
}

// note adds line to the file that the environment names, from where the test
// script prints it: go test shows what was skipped only when asked for all.
func note(line string) {
	path := os.Getenv("FEEDGAUGE_SKIPPED")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintln(f, line)
	_ = f.Close()
}

// prepare checks for Java and sees to it that Kafka is in the cache, once per
// process.
var prepare = sync.OnceValue(func() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := checkJava(ctx); err != nil {
		return err
	}
	_, err := fetch(ctx)
	return err
})

func checkJava(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, java(), "-version").CombinedOutput()
	if err != nil {
		return fmt.Errorf("no Java; get it with: apt-get install default-jdk-headless (%w)", err)
	}
	if v := javaVersion(string(out)); v < oldestJava {
		return fmt.Errorf("java %d is older than %d; get a newer one with: apt-get install openjdk-17-jre-headless", v, oldestJava)
	}
	return nil
}

// java is the program to start: that of JAVA_HOME, else of the PATH.
func java() string {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return filepath.Join(home, "bin", "java")
	}
	return "java"
}

var versionLine = regexp.MustCompile(`version "(?:1\.)?(\d+)`)

// javaVersion reads the major version from what java -version prints; 0 if it
// is not there. Java 8 and older call themselves 1.8.
func javaVersion(s string) int {
	m := versionLine.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	v, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return v
}
