# Targets are scripts where they need more than a line or two; `make help` lists
# them from the text behind ##.

MODULE  := github.com/feedgauge/feedgauge
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.DEFAULT_GOAL := help
.PHONY: help run build test detection bench lint check-imports fuzz chaos mutants vuln clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## see it work: a demonstration with its own broker, ends on Ctrl-C
	@go build -o bin/feedgauge ./cmd/feedgauge && exec bin/feedgauge demo

build: ## build bin/feedgauge, one static file
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X $(MODULE)/cmd.version=$(VERSION)' -o bin/feedgauge ./cmd/feedgauge

test: ## run all tests, those on a real Kafka too
	@scripts/test.sh

detection: ## measure what forecasts find on series with faults, [SERIES=dir]
	@go run ./internal/detection $(if $(SERIES),-series $(SERIES))

bench: ## measure intake against plain consumption, on a real Kafka
	@go run ./internal/bench

lint: check-imports ## check formatting, imports and code
	@scripts/lint.sh

check-imports: ## check that imports point one way and processors are pure
	@scripts/check-imports.sh

fuzz: ## fuzz each format and each other target, ten minutes in all
	@scripts/fuzz.sh

chaos: ## kill, stop and cut off a monitor on a real Kafka, some hundred times
	@scripts/chaos.sh

mutants: ## put bugs of the protocol in, and see that tests catch them
	@go run ./internal/mutants

vuln: ## look for known vulnerabilities in what we call
	@scripts/vuln.sh

clean: ## remove what was built here
	rm -rf bin
	go clean -testcache
