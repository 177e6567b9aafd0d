# seatrial: everything is done from here; CI calls the same targets.
# Choices, on the command line or in the environment with the prefix SEATRIAL_:
#   PROVIDER=            where clusters come from: kind, embedded, existing, or auto: kind
#                        where an engine can run nodes, and else embedded
#   ENGINE=              auto, podman, docker or nerdctl
#   NODE_IMAGE=          a kind node image to use instead of building one
#   KUBERNETES=          the version it has
#   CLUSTER=keep         the cluster outlives the run, and the next run takes it over
# and with PROVIDER=existing:
#   KUBECONFIG= CONTEXT= the cluster to use
#   ALLOW_CONTEXT=       the name of a context to use although it does not look disposable

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export SEATRIAL_PROVIDER   := $(or $(PROVIDER),$(SEATRIAL_PROVIDER))
export SEATRIAL_ENGINE     := $(or $(ENGINE),$(SEATRIAL_ENGINE))
export SEATRIAL_NODE_IMAGE := $(or $(NODE_IMAGE),$(SEATRIAL_NODE_IMAGE))
export SEATRIAL_KUBERNETES := $(or $(KUBERNETES),$(SEATRIAL_KUBERNETES))
export SEATRIAL_CLUSTER    := $(or $(CLUSTER),$(SEATRIAL_CLUSTER))
export SEATRIAL_KUBECONFIG := $(or $(SEATRIAL_KUBECONFIG),$(KUBECONFIG))
export SEATRIAL_CONTEXT    := $(or $(CONTEXT),$(SEATRIAL_CONTEXT))
export SEATRIAL_ALLOW_CONTEXT := $(or $(ALLOW_CONTEXT),$(SEATRIAL_ALLOW_CONTEXT))

# Packages that bring up a cluster of their own run one after the other: two clusters at
# once on two cores only make each other slow.
SUITES := ./e2e/workshop ./e2e/harness ./e2e/charts ./e2e/browser ./e2e/resilience
LINT   := bin/golangci-lint
# tools/distro is compiled without C and with trimmed paths; looking at it in any other
# way would compile all of Kubernetes a second time.
DISTRO := CGO_ENABLED=0 GOFLAGS=-trimpath
# The packages whose tests draw their input: make unit draws the same each time, so that
# what fails comes from what was changed, and make fuzz draws new.
DRAWING = go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./... | awk '/pgregory.net.rapid/ {print $$1}'

##@ The two you need

.PHONY: demo
demo: prepare ## play the workshop on a cluster of its own and tell which promises were kept
	go run ./tools/seatrial demo

.PHONY: test
test: prepare browser lint unit suites ## all tests: lint, unit tests, and the suites on a real cluster

##@ Parts of them

.PHONY: prepare
prepare: engine ## make what is missing: embedded control plane, node image, the workshop's images, helm, kubectl
	go run ./tools/nodeimage

.PHONY: engine
engine: ## find a container engine that can run nodes; as root on Debian and Ubuntu, install one if there is none
	go run ./tools/engine

.PHONY: browser
browser: ## find a browser for the tests of web pages; as root on Debian and Ubuntu, install one if there is none
	go run ./tools/browser

.PHONY: unit
unit: ## tests that need no cluster, with the race detector
	go test -race $$(go list ./... | grep -v -x -F "$$(go list $(SUITES); $(DRAWING))")
	go test -race $$($(DRAWING)) -rapid.seed=1
	cd tools/distro && $(DISTRO) go test $$($(DISTRO) go list ./... | grep -v -x -F seatrial/tools/distro/embedded/acceptance)
# It builds the program that it tests, which the cache of test results does not know.
	cd tools/distro && $(DISTRO) go test -count=1 ./embedded/acceptance

.PHONY: suites
suites: ## the suites, each on a cluster of its own
	go test -race -count=1 -p 1 -timeout 40m -v $(SUITES)

.PHONY: resilience
resilience: prepare ## crash points, faults, bad input, walks and a soak; a table of each is in _artifacts/resilience
	go test -race -count=1 -timeout 40m -v ./e2e/resilience
	$(MAKE) soak

.PHONY: soak
soak: prepare ## two hundred releases on one cluster: does it stay as fast, and take no more memory?
	go run ./tools/bench -only soak

# How long each target of make fuzz is tried, as go test -fuzztime wants it. Hardly any of that goes into making input smaller that
# reaches something new: by default it would be a minute for each.
FUZZTIME ?= 1m
# How often each property is tried with new input.
DRAWS ?= 5000

.PHONY: fuzz
fuzz: ## throw bad input at all that reads input, for FUZZTIME=1m each; what breaks it is kept in testdata
	@failed=(); \
	echo "== properties, $(DRAWS) times each"; \
	go test -timeout 30m $$($(DRAWING)) -rapid.checks=$(DRAWS) || failed+=("a property"); \
	while read -r folder target; do \
		echo "== $$target in $$folder"; \
		case $$folder in \
		tools/distro/*) try() { cd tools/distro && $(DISTRO) go test "./$${folder#tools/distro/}" "$$@"; };; \
		*) try() { go test "./$$folder" "$$@"; };; \
		esac; \
		(try -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s) </dev/null || failed+=("$$target in $$folder"); \
	done < <(grep -roE '^func Fuzz[A-Za-z0-9]+' --include='*_test.go' e2e tools | sort | sed -E 's|/[^/]*:func | |'); \
	for one in "$${failed[@]}"; do echo "broken: $$one"; done; \
	[ $${#failed[@]} = 0 ]

.PHONY: bench
bench: prepare ## measure against kind's and helm's own commands, in one run
	go run ./tools/bench

.PHONY: lint
lint: $(LINT) ## check the style of every module
	$(LINT) run --allow-parallel-runners --config tools/lint/golangci.yml ./...
	cd tools/distro && $(DISTRO) ../../$(LINT) run --allow-parallel-runners --config ../lint/golangci.yml ./...
# It looks at the actions that workflows use, too.
	go -C tools/lint/actions tool actionlint $(CURDIR)/.github/workflows/*.yml
# And the workflow that the README shows.
	sed -n '/^```yaml$$/,/^```$$/{/^```/d;p}' README.md | go -C tools/lint/actions tool actionlint -

.PHONY: $(LINT)
$(LINT):
	@go -C tools/lint build -trimpath -o ../../$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: fmt
fmt: $(LINT) ## format every file
	$(LINT) fmt --config tools/lint/golangci.yml ./...

##@ Cleaning up

.PHONY: sweep
sweep: ## remove what killed runs have left on this machine
	go run ./tools/seatrial sweep

.PHONY: clean
clean: ## remove what was prepared: images, binaries, kept clusters, caches of this project
	go run ./tools/seatrial clean
	rm -rf bin _artifacts

.PHONY: help
help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
