# make demo   build, ingest the captures of testdata/, ask, write demo/report.html
# make test   every test that needs nothing beyond Go and a C++ compiler
# The other targets are for those who work on pcaplake; CONTRIBUTING.md says when.

GO ?= go
PKGS = ./... ./testdata/gen
GOFUMPT = $(GO) run mvdan.cc/gofumpt@v0.12.0
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
NFPM = $(GO) run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.0
VERSION ?= 0.1.0
BENCH ?= .
DURATION ?= 10m

.PHONY: demo test build check docs gen card lab bench pgo microbench fuzz browser packages static clean

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

# deb and rpm with man page and completions, into bin/. The program links the C and C++ libraries of this machine's system, and DuckDB into itself.
packages: build iceberg
	bin/pcaplake docs --man bin
	for kind in deb rpm; do VERSION=$(VERSION) GOARCH=$$($(GO) env GOARCH) $(NFPM) package -f deploy/packages/nfpm.yaml -p $$kind -t bin/; done

# What `pcaplake publish iceberg` runs.
.PHONY: iceberg
iceberg: toolchain
	@mkdir -p bin
	$(GO) build -trimpath -o bin/pcaplake-iceberg ./cmd/pcaplake-iceberg

# The same program without a shared library. It looks names of hosts and users up by itself.
static: toolchain
	@mkdir -p bin
	$(GO) build -trimpath -tags netgo,osusergo -ldflags '-linkmode external -extldflags "-static"' -o bin/pcaplake-static ./cmd/pcaplake

# What deploy/ says, done: in an empty root, in a fresh Debian, in Airflow of PyPI. As root.
.PHONY: recipes airflow torture
recipes: static packages
	scripts/recipes.sh

airflow: build
	scripts/airflow.sh bin/pcaplake

# A whole quarter of nights, faults at every operation of the store, in the process and to it, and small disks that fill (root); at every TORTURE-th where that is more than 1.
TORTURE ?= 1
torture: build
	PCAPLAKE_NIGHTS=90 PCAPLAKE_TORTURE=$(TORTURE) $(GO) test -timeout 120m ./etl -run 'TestQuarter|TestFaults' -v
	PCAPLAKE_TORTURE=$(TORTURE) $(GO) test -timeout 120m ./cmd/pcaplake -run 'TestBrokenNights|TestFullDisk|TestReadOnlySource|TestTogether' -v
	scripts/torture.sh bin/pcaplake $(DURATION)

docs: build
	bin/pcaplake docs docs

gen:
	$(GO) run ./testdata/gen testdata

card: build
	scripts/card.sh $(GO)

# Labelled traffic of real tools in network namespaces of its own, and what classify makes of it; as root, with the programs that scripts/lab.py names.
SEEDS ?= 11 12 13 14 15
lab: build
	@scripts/lab.sh bin/pcaplake lab $(SEEDS)

bench: build
	$(GO) run ./internal/bench

# The profile that the program is built by: again when hot paths change.
pgo:
	$(GO) test ./etl -run '^$$' -bench 'Ingest/1000000' -benchtime 5x -cpuprofile cmd/pcaplake/default.pgo -o /dev/null

microbench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./schema ./etl/... ./queries

# The same captures by every way of docs/scaling.md, with a process, an executor and a node lost, and the same questions to every engine.
.PHONY: scale-test
scale-test: build iceberg
	scripts/scale.sh bin/pcaplake

# A year of 10 million captures as manifests: objects, planning, asking, from a folder and from S3 (10 minutes, 4 GB); with CAPTURES= fewer, with STORE=folder or s3 from one.
.PHONY: simulate
simulate: build
	STORE='$(STORE)' DELAY='$(DELAY)' scripts/simulate.sh bin/pcaplake $(CAPTURES) $(DAYS)

fuzz:
	scripts/fuzz.sh $(GO)

browser: demo
	@mkdir -p demo/pages
	$(GO) test ./reports -run 'TestPage|TestManyHosts|TestIndex' -count 1 -pages "$(CURDIR)/demo/pages"
	scripts/browser.sh demo/report.html demo/screenshots
	scripts/browser.sh demo/pages/hostile.html
	scripts/browser.sh demo/pages/extremes.html
	scripts/browser.sh demo/pages/hosts.html
	scripts/browser.sh demo/pages/index.html

clean:
	rm -rf bin demo bench
