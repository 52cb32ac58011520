# Mingjian: `make` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A checkout without its history builds too; SQL models need a C compiler.
export GOFLAGS ?= -buildvcs=false
export CGO_ENABLED ?= 1
export GOTOOLCHAIN ?= auto

VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
LDFLAGS := -X github.com/mingjian/mingjian/internal/cli.Version=$(VERSION)
BIN     := bin/mingjian
DATA    ?= demo
P       ?= 2
TIMEOUT ?= 15m
FUZZTIME ?= 15s

# Reference fixtures lie beside a checkout in some places; without them the tests that need them say so and are skipped.
ifndef MINGJIAN_REFERENCE
ifneq ($(wildcard ../shared/reference),)
export MINGJIAN_REFERENCE := $(abspath ../shared)
endif
endif

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

CONSOLE := internal/web/ui/dist/app/index.html

.PHONY: console
console: $(CONSOLE) ## build the console that is embedded into the program (needs Node.js)

console/node_modules/.package-lock.json: console/package-lock.json
	cd console && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# The console's types are made of the interface's description, which the program itself writes.
console/openapi.json: $(shell find cmd internal -name '*.go' -not -name '*_test.go') go.mod
	@go run -trimpath ./cmd/mingjian openapi >$@.new
	@if cmp -s $@.new $@; then rm $@.new; touch $@; else mv $@.new $@; fi

console/src/api/schema.d.ts: console/openapi.json console/node_modules/.package-lock.json
	cd console && npx --no-install openapi-typescript openapi.json -o src/api/schema.d.ts >/dev/null

$(CONSOLE): console/src/api/schema.d.ts console/node_modules/.package-lock.json $(shell find console/src console/public -type f 2>/dev/null) console/index.html console/vite.config.ts console/tsconfig.json
	cd console && npm run --silent build

.PHONY: maybe-console
maybe-console:
	@if ! command -v npm >/dev/null; then echo "skipped: npm is not installed, the program is built without the console"; \
	elif ! $(MAKE) --no-print-directory console/node_modules/.package-lock.json >/dev/null 2>&1; then echo "skipped: the console's packages cannot be fetched, the program is built without it"; \
	else $(MAKE) --no-print-directory console; fi

.PHONY: build
build: maybe-console ## build bin/mingjian with its console
	go build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/mingjian

.PHONY: demo
demo: build ## build, then make, import, audit and show an example city (DATA=folder)
	$(BIN) demo --data $(DATA) $(DEMOFLAGS)

.PHONY: deps
deps: ## check Go and the C compiler; install a compiler and PostgreSQL (for tests) by apt when root
	@.ci/deps

.PHONY: lint
lint: ## gofmt, go vet, and golangci-lint where it is installed
	@bad=$$(gofmt -l cmd internal); if [ -n "$$bad" ]; then echo "gofmt: not formatted:"; echo "$$bad"; exit 1; fi
	go vet ./...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "skipped: golangci-lint is not installed (gofmt and go vet ran)"; fi

.PHONY: test
test: deps ## check, vet and test everything
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory maybe-console
	@if [ -n "$${MINGJIAN_REFERENCE:-}" ]; then echo "reference data: MINGJIAN_REFERENCE is set"; \
	else echo "skipped: MINGJIAN_REFERENCE is not set, tests on the reference fixture and the national sheets do not run"; fi
	go test -p $(P) -timeout $(TIMEOUT) ./...
	@$(MAKE) --no-print-directory browser

.PHONY: browser
browser: ## walk through the console in Chromium (T=file of console/test: only that one)
	@if ! command -v node >/dev/null; then echo "skipped: Node.js is not installed, the browser tests do not run"; \
	else $(MAKE) --no-print-directory build && cd console && node test/run.mjs $(T); fi

.PHONY: soak
soak: deps ## kill the program 50 times at random moments and check that nothing is lost
	MINGJIAN_SOAK=1 go test -count=1 -v -timeout 60m -run 'Kill|SecondOpinion' ./internal/lake ./internal/audit ./internal/intake ./internal/review ./internal/cli

.PHONY: bench
bench: ## run the Go benchmarks
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (15s)
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$pkg/*_test.go | sed 's/^func //' | sort -u); do \
	    echo "== $$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzzminimizetime 10x -fuzztime $(FUZZTIME) ./$$pkg; \
	  done; \
	done

.PHONY: clean
clean: ## remove what was built and the example city
	rm -rf bin $(if $(wildcard $(DATA)/示例城市.json),$(DATA))
