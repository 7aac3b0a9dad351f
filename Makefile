# Every target works from a clean clone: the first one that needs the environment makes it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help

.PHONY: help
help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-25s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/lock.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "flowaudit needs Python 3.11 or newer: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/lock.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

.PHONY: setup
setup: $(READY) ## install everything into .venv, from the lock with its hashes

# The jars of the embedded Kafka, each checked against its SHA-256, and a Java class cache that halves its start.
KAFKA := $(VENV)/.kafka

$(KAFKA): $(READY) flowaudit/embedded/kafka.lock.toml
	$(BIN)/python -m flowaudit.embedded.prepare
	@touch $(KAFKA)

.PHONY: demo
demo: $(READY) $(KAFKA) ## the whole story on an embedded Kafka; leaves graph.json
	$(BIN)/flowaudit demo --duration 60 --no-browser --output graph.json

.PHONY: test
test: $(READY) $(KAFKA) ## every test that needs nothing but Python, on a real Kafka
	$(BIN)/pytest -q -n 2 tests/unit tests/contract
	$(BIN)/pytest -q tests/e2e

.PHONY: quick
quick: $(READY) ## the tests without a broker
	$(BIN)/pytest -q -n 2 -m "not slow" tests/unit

.PHONY: test-prometheus
test-prometheus: $(READY) $(KAFKA) ## the metrics and the dashboard in a real Prometheus (needs prometheus and promtool)
	@for each in prometheus promtool; do command -v $$each >/dev/null || { echo "$$each is not on the PATH"; exit 2; }; done
	$(BIN)/pytest -q -m prometheus

.PHONY: test-chromium
test-chromium: $(READY) ## the pages in a real browser (needs chromium)
	@command -v chromium >/dev/null || { echo "chromium is not on the PATH"; exit 2; }
	$(BIN)/pytest -q tests/chromium

.PHONY: test-java
test-java: $(READY) $(KAFKA) ## an estate of real clients, Java ones among them, on a real Kafka (needs a JDK)
	$(BIN)/pytest -q tests/integration

.PHONY: privacy
privacy: $(READY) $(KAFKA) ## a hundred thousand planted identifiers, and none in anything that the auditor leaves
	PLANTED_IDENTIFIERS=100000 $(BIN)/pytest -q tests/e2e/test_privacy.py

.PHONY: fuzz
fuzz: $(READY) ## a million mutated inputs for every raw decoder
	$(BIN)/python -m tests.fuzz --inputs 1000000

.PHONY: check
check: $(READY) lint types contracts docs ## lint, types, import contracts, generated pages

.PHONY: lint
lint: $(READY) ## ruff and codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell flowaudit tests docs topologies deploy benchmarks README.md CHANGELOG.md CONTRIBUTING.md

.PHONY: types
types: $(READY) ## mypy, strict
	$(BIN)/mypy

.PHONY: contracts
contracts: $(READY) ## the import direction of the rooms
	$(BIN)/lint-imports

.PHONY: docs
docs: $(READY) ## are the generated pages fresh?
	$(BIN)/python -m flowaudit.config.reference --check
	$(BIN)/python -m flowaudit.rights.page --check
	$(BIN)/python -m flowaudit.cli.rules_page --check

.PHONY: format
format: $(READY) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: benchmark-tap
benchmark-tap: $(READY) ## the tap against a bare consume loop, by CPU and wall time
	$(BIN)/python -m benchmarks.tap

.PHONY: benchmark-engine
benchmark-engine: $(READY) ## the engine alone beside a decode loop, and the memory of live identifiers
	$(BIN)/python -m benchmarks.engine

.PHONY: benchmark-graph
benchmark-graph: $(READY) ## path, impact, cut and diff on 10,000 nodes and 100,000 flows, beside networkx
	$(BIN)/python -m benchmarks.graph_queries

.PHONY: benchmark-groups
benchmark-groups: $(READY) $(KAFKA) ## a refresh of 15,000 groups, beside plain client libraries
	$(BIN)/python -m benchmarks.groups

.PHONY: benchmark-offsets-log
benchmark-offsets-log: $(READY) $(KAFKA) ## the offsets log, a backlog and live, beside plain client libraries
	$(BIN)/python -m benchmarks.offsets_log

.PHONY: benchmark-linkage
benchmark-linkage: $(READY) ## linkage on two hundred generated estates that nobody tuned on, and on worlds without a flow
	$(BIN)/python -m benchmarks.linkage --set evaluation --estates 200 --processes 2
	$(BIN)/python -m benchmarks.linkage --set still --estates 40 --processes 2

.PHONY: benchmark-linkage-real
benchmark-linkage-real: $(READY) $(KAFKA) ## twelve small generated estates as real clients, audited and scored
	$(BIN)/python -m benchmarks.linkage.real

.PHONY: benchmark-linkage-baselines
benchmark-linkage-baselines: $(READY) ## what plain methods find on evaluation estates (needs the extra benchmarks)
	$(BIN)/python -m benchmarks.linkage.baselines --set evaluation --estates 20

.PHONY: benchmark-linkage-foreign
benchmark-linkage-foreign: $(READY) ## foreign keys of other people's data (needs the extra benchmarks)
	$(BIN)/python -m benchmarks.linkage.foreign

.PHONY: accuracy
accuracy: $(READY) ## the reference estate over five fresh seeds, scored against its truth
	$(BIN)/python -m benchmarks.estate

.PHONY: lock
lock: $(READY) ## resolve requirements/lock.txt anew (needs uv)
	uv pip compile pyproject.toml --extra demo --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements/lock.txt

.PHONY: clean
clean: ## remove what make made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
