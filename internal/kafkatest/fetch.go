package kafkatest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// Version is the Apache Kafka that tests run on.
const Version = "4.2.0"

// pom names what Maven has to fetch. A cache with another pom is fetched anew.
//
//go:embed pom.xml
var pom string

// cacheDir is where Kafka is kept.
func cacheDir() (string, error) {
	if dir := os.Getenv("FEEDGAUGE_KAFKA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "feedgauge", "kafka-"+Version), nil
}

// fetch returns the folder of Kafka's jars, after fetching them if need be. Test
// processes that come at the same time wait for the first. The folder appears
// whole or not at all.
func fetch(ctx context.Context) (libs string, err error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	libs = filepath.Join(dir, "libs")
	if complete(dir) {
		return libs, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return "", err
	}
	unlock, err := lockedfile.MutexAt(dir + ".lock").Lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(dir) {
		return libs, nil
	}
	return libs, download(ctx, dir)
}

// complete reports whether dir holds the Kafka wanted. The pom is part of the
// folder that is moved into place, so it is there only with all the rest.
func complete(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "pom.xml"))
	return err == nil && string(b) == pom
}

func download(ctx context.Context, dir string) (err error) {
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "kafka-fetch-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if err := os.WriteFile(filepath.Join(tmp, "pom.xml"), []byte(pom), 0o600); err != nil {
		return err
	}
	mvn := exec.CommandContext(ctx, "mvn", "-q", "-B", "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-DoutputDirectory=libs")
	mvn.Dir = tmp
	switch out, err := mvn.CombinedOutput(); {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("no Maven; get it with: apt-get install maven")
	case err != nil:
		return fmt.Errorf("maven cannot fetch Kafka %s, is its repository reachable? %w: %s", Version, err, firstLine(string(out)))
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
