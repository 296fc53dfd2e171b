# make demo   build, ingest the captures of testdata/, ask, write demo/report.html
# make test   every test that needs nothing beyond Go and a C++ compiler
# The other targets are for those who work on pcaplake; CONTRIBUTING.md says when.

GO ?= go
PKGS = ./... ./testdata/gen
GOFUMPT = $(GO) run mvdan.cc/gofumpt@v0.12.0
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCH ?= .

.PHONY: demo test build check docs gen card bench pgo microbench fuzz browser clean

demo: build
	@scripts/demo.sh bin/pcaplake demo

test: toolchain
	$(GO) test -timeout 40m $(PKGS)

build: toolchain
	@mkdir -p bin
	$(GO) build -trimpath -o bin/pcaplake ./cmd/pcaplake

.PHONY: toolchain
toolchain:
	@scripts/toolchain.sh $(GO)

check:
	@scripts/check.sh "$(GOFUMPT)" "$(STATICCHECK)" $(GO)

docs: build
	bin/pcaplake docs docs

gen:
	$(GO) run ./testdata/gen testdata

card: build
	scripts/card.sh $(GO)

bench: build
	$(GO) run ./internal/bench

# The profile that the program is built by: again when hot paths change.
pgo:
	$(GO) test ./etl -run '^$$' -bench 'Ingest/1000000' -benchtime 5x -cpuprofile cmd/pcaplake/default.pgo -o /dev/null

microbench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./schema ./etl/... ./queries

fuzz:
	scripts/fuzz.sh $(GO)

browser: demo
	scripts/browser.sh demo/report.html

clean:
	rm -rf bin demo bench
