# make alone lists what there is. Everything needs only Go 1.26, git and make;
# scripts/setup installs the rest.
SHELL := /bin/sh
GO ?= go
PACKAGES ?= ./...
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## try it: phones, staff and a clock in your browser; needs no accounts
	@scripts/setup demo
	@$(GO) build -o bin/pulang ./cmd/pulang
	@bin/pulang demo $(ARGS)

.PHONY: test
test: ## everything that must hold: format, vet, house rules, all tests with the race detector
	@scripts/setup test
	@unformatted=$$(gofmt -l .); \
		[ -z "$$unformatted" ] || { echo "not formatted (make fmt does it):"; echo "$$unformatted"; exit 1; }
	$(GO) vet $(PACKAGES)
	$(GO) test ./internal/floors
	$(GO) run ./internal/devstack/withstack $(GO) test -race -shuffle=on -vet=off -timeout 10m $(PACKAGES)

.PHONY: check
check: lint test ## what the pre-push hook runs: lint and test

.PHONY: lint
lint: ## staticcheck, pinned in tools/go.mod
	@if (cd tools && $(GO) build -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck); then \
		bin/staticcheck $(PACKAGES); \
	else \
		echo "!!! staticcheck could not be fetched: LINT WAS NOT RUN" >&2; \
	fi

.PHONY: security
security: ## gosec, known vulnerabilities, licences, secrets, and a minute of fuzzing for every parser
	@scripts/setup test
	$(GO) run ./internal/devstack/withstack scripts/security $(STEPS)

.PHONY: fmt
fmt: ## format the code
	gofmt -w .

.PHONY: chaos
chaos: ## ten minutes of kills, cuts and broken providers, and whether every promise held (CHAOS="-seed 7 -for 2m -processes 1")
	@scripts/setup demo
	$(GO) run ./internal/chaos $(CHAOS)

.PHONY: bench
bench: ## how fast the line is, beside the commit floor of this machine (BENCH_SECONDS, BENCH_OUT=file.json)
	@scripts/setup demo
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/pulang ./cmd/pulang
	@BENCH_SECONDS="$(BENCH_SECONDS)" BENCH_OUT="$(BENCH_OUT)" $(GO) run ./internal/bench -pulang bin/pulang

.PHONY: bench-go
bench-go: ## the Go benchmarks, on a private Postgres and Redis
	@scripts/setup demo
	$(GO) run ./internal/devstack/withstack $(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

.PHONY: hear-eval
hear-eval: ## how well hear understands the composed messages, and every miss (HEAR_EVAL=all: also of the held-out ones)
	$(GO) test ./internal/hear -count=1 -timeout 20m -run 'TestEval|TestTheBarIsReached|TestModelIs' -v -args -across

.PHONY: flows
flows: ## write the conversations in flows/testdata anew; read the difference before you commit it
	$(GO) test ./flows -update

.PHONY: screenshots
screenshots: ## take the pictures of docs/img anew, and one of every page of the console into bin/pictures
	@scripts/setup test
	$(GO) run ./internal/devstack/withstack $(GO) test ./cmd/pulang -run 'TestTheDemoPageInARealBrowser|Shift' -count=1 -screenshots
	$(GO) run ./internal/devstack/withstack $(GO) test ./internal/console -run TestThePagesHaveTheirPictures -count=1 -screenshots -gallery "$(CURDIR)/bin/pictures"

.PHONY: build
build: ## bin/pulang, static
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/pulang ./cmd/pulang

.PHONY: image
image: ## the container image
	docker build --build-arg VERSION=$(VERSION) -t pulang:$(VERSION) .
