# The front door: `make help` lists what it opens.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest
# Arguments for pytest, as in `make test-server ARGS='-k join'`.
ARGS ?=

RUNTIME := .venv/.runtime
DEV := .venv/.dev
NODE := web/node_modules/.installed
WEB := .make/web
PEERS := .make/benchmark-peers

##@ Use

.PHONY: run
run: setup ## set everything up and open the desktop app (headless without a display)
	@scripts/run.sh

.PHONY: setup
setup: ## make .venv and the built web client
	@scripts/system_packages.sh runtime
	@$(MAKE) -s -j2 $(RUNTIME) $(WEB)

##@ Prove

.PHONY: test
test: setup-dev ## run every test
	@$(MAKE) test-unit-web
	@$(MAKE) test-quick
	@$(MAKE) test-lan
	@$(MAKE) test-web
	@$(MAKE) test-e2e

.PHONY: setup-dev
setup-dev:
	@scripts/system_packages.sh dev
	@$(MAKE) -s -j2 $(DEV) $(WEB)

.PHONY: test-unit-web test-quick test-server test-desktop test-web test-lan test-e2e
test-unit-web: $(NODE) ## the web client's unit tests
	cd web && npm run --silent test

test-quick: setup-dev ## everything that may run side by side: all that needs no browser and no namespaces
	$(PYTEST) -n auto --dist loadfile --max-worker-restart 0 --ignore tests/web --ignore tests/lan --ignore tests/e2e \
		--ignore tests/packaging/built $(ARGS) tests

test-server: setup-dev ## the server on a real PostgreSQL
	$(PYTEST) -n auto --dist loadfile --max-worker-restart 0 $(ARGS) tests/server

test-desktop: setup-dev ## the desktop app, offscreen and under Xvfb
	$(PYTEST) -n auto --dist loadfile --max-worker-restart 0 $(ARGS) tests/desktop

# Browsers and namespaces are one at a time: they measure, and they share the machine's names.
test-web: setup-dev ## the room in real browsers
	$(PYTEST) $(ARGS) tests/web

test-lan: setup-dev ## discovery between two network namespaces
	$(PYTEST) $(ARGS) tests/lan

test-e2e: setup-dev ## a whole interview between the app and a browser
	$(PYTEST) $(ARGS) tests/e2e

.PHONY: test-packaging
test-packaging: setup-dev ## build the app and its packages, then test what was built
	@$(MAKE) build
	packaging/selftest $(ARGS)

.PHONY: check check-format check-lint check-types check-imports check-web check-generated
check: check-format check-lint check-types check-imports check-web check-generated ## formatting, lint, types, import directions, generated files

check-format: $(DEV)
	$(BIN)/ruff format --check --quiet .

check-lint: $(DEV)
	$(BIN)/ruff check --quiet .

check-types: $(DEV)
	$(BIN)/mypy

check-imports: $(DEV)
	$(BIN)/lint-imports --no-logo

check-web: $(NODE)
	cd web && npm run --silent typecheck
	cd web && npm run --silent lint

check-generated: $(DEV) $(NODE)
	$(BIN)/python scripts/generate.py --check

.PHONY: faults
faults: setup-dev ## kill, cut, fill and fuzz for up to 15 minutes; ARGS='disk' chooses rows
	$(BIN)/python -m tests.faults $(ARGS)

.PHONY: soak
soak: setup-dev ## 200 interviews for half an hour, and whether the server takes no more afterwards; ARGS='--minutes 5'
	$(BIN)/python -m tests.faults.soak $(ARGS)

.PHONY: bench bench-full
bench: setup-dev $(PEERS) ## measure the server beside two peers, and its starts; some six minutes
	@$(BIN)/python benchmarks/bench_startup.py
	@$(BIN)/python -m benchmarks.realtime --rounds 1 \
		--servers codeinterview y-websocket hocuspocus-postgresql $(ARGS)

bench-full: setup-dev $(PEERS) ## measure everything; takes more than an hour
	@for script in benchmarks/bench_*.py; do $(BIN)/python -m "benchmarks.$$(basename $$script .py)"; done
	@$(BIN)/python -m benchmarks.realtime --full $(ARGS)

.PHONY: screenshots
screenshots: setup-dev ## take docs/images anew from the real app and room
	$(BIN)/python scripts/screenshots.py
	$(BIN)/python scripts/team_screenshots.py
	$(BIN)/python scripts/internet_screenshots.py
	$(BIN)/python scripts/connection_screenshots.py

##@ Make

.PHONY: build
build: setup ## the app for this system with its installers, in dist/
	@scripts/system_packages.sh packaging
	packaging/build

.PHONY: wheel
wheel: $(DEV) $(WEB) ## the wheel, with the web client inside, in dist/
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: format
format: $(DEV) ## rewrite the Python sources in the house style
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

.PHONY: generate
generate: $(DEV) $(NODE) ## the files made from design/tokens.json and from the server's OpenAPI
	$(BIN)/python scripts/generate.py

.PHONY: lock
lock: $(DEV) ## pin the dependencies again; UPGRADE=1 takes the newest
	scripts/lock.sh $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove everything that make made
	rm -rf .venv .make dist build web/node_modules server/codeinterview_server/web_dist
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

# What setup makes. Each stamp lives in what it vouches for, so removing that removes the stamp.

# Naming another PYTHON makes the environment anew; not naming one keeps it as it is.
ifneq ($(origin PYTHON),file)
ifneq ($(PYTHON),$(shell cat .venv/.python 2>/dev/null))
.venv/.python: .make/FORCE
endif
endif

.PHONY: .make/FORCE

.venv/.python:
	@scripts/check_tools.sh $(PYTHON)
	rm -rf .venv
	$(PYTHON) -m venv .venv
	@printf '%s' '$(PYTHON)' > $@

define install
$(PIP) install --quiet --require-hashes -r requirements/build.txt -r requirements/$(1).txt
$(PIP) install --quiet --no-deps --no-build-isolation --editable .
endef

$(RUNTIME): .venv/.python pyproject.toml requirements/build.txt requirements/desktop.txt
	@echo 'Installing the Python packages that run the app'
	$(call install,desktop)
	@touch $@

$(DEV): .venv/.python pyproject.toml requirements/build.txt requirements/dev.txt
	@echo 'Installing the Python packages for development'
	$(call install,dev)
	@touch $(RUNTIME) $@

$(NODE): web/package.json web/package-lock.json
	@scripts/check_tools.sh
	@echo 'Installing the web packages'
	cd web && npm ci --silent --no-audit --no-fund
	@touch $@

# Directories count too: their time changes when a file in them is removed.
WEB_SOURCES = $(shell find web -maxdepth 1 -type f; find web -mindepth 1 -maxdepth 1 -type d ! -name node_modules ! -name coverage ! -name '.*' -exec find {} ! -name '*.test.*' \;)

# The servers that ours is measured against.
$(PEERS): $(wildcard benchmarks/realtime/peers/*/package-lock.json)
	@for peer in $(dir $^); do npm ci --silent --no-audit --no-fund --prefix "$$peer"; done
	@mkdir -p $(@D) && touch $@

$(WEB): $(NODE) $(WEB_SOURCES) $(if $(wildcard server/codeinterview_server/web_dist/index.html),,.make/FORCE)
	@echo 'Building the web client'
	cd web && npm run --silent build
	@mkdir -p $(@D) && touch $@
