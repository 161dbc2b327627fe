# Tapedeck: every command a developer needs. `make` alone lists them.
#
# Each installation leaves a stamp inside the folder it filled, so a target does its set-up once and again only when
# pyproject.toml, constraints.txt or package-lock.json changed; removing .venv or node_modules removes their stamps.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two pips in one environment would fight, so `make -j` means nothing here.
.NOTPARALLEL:

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
PYTEST_ARGS ?=
EXAMPLES ?= 280

VENV := .venv
BIN := $(VENV)/bin
# The constraints hold for the build environment of `-e .` too, not only for what is installed.
PIP_INSTALL := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet -c constraints.txt

RUN_READY := $(VENV)/.ready-run
TEST_READY := $(VENV)/.ready-test
CHECK_READY := $(VENV)/.ready-check
BENCH_READY := $(VENV)/.ready-bench
NATIVE_READY := $(VENV)/.ready-native
RECORDER := $(wildcard server/tapedeck/recorder/*.py server/tapedeck/recorder/*.p[xy]* server/tapedeck/recorder/*.h)
NODE_READY := node_modules/.ready
JS := static/js tests/js tools eslint.config.js

.PHONY: help run setup test test-py test-js browser hostile check format vendor bench bench-ui clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: $(RUN_READY) $(NATIVE_READY) ## start the server on HOST:PORT (127.0.0.1:8000)
	@exec $(BIN)/tapedeck serve --host $(HOST) --port $(PORT)

setup: $(RUN_READY) $(NATIVE_READY) $(TEST_READY) $(CHECK_READY) $(BENCH_READY) $(NODE_READY) ## install everything, run nothing

test: test-py test-js ## every test: Python and browser, then JavaScript

test-py: $(TEST_READY) $(NATIVE_READY) browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-js:
	@shopt -s nullglob globstar; files=(tests/js/**/*.test.js); \
	if (( $${#files[@]} )); then echo "node --test ($${#files[@]} files)"; node --test "$${files[@]}"; else echo "no tests in tests/js"; fi

browser:
	@tools/ensure-chromium.sh

hostile: $(TEST_READY) $(NATIVE_READY) ## programs that mean harm, as this user and, for root, as an ordinary one
	$(BIN)/python -m pytest tests/sandbox/hostile $(PYTEST_ARGS)
	@(( $$(id -u) )) || tests/sandbox/hostile/as_nobody.sh tests/sandbox/hostile $(PYTEST_ARGS)

check: $(CHECK_READY) $(NODE_READY) ## formatting, lint, types, import contracts, vendored hashes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	node_modules/.bin/prettier --check --log-level warn $(JS)
	node_modules/.bin/eslint $(JS)
	node_modules/.bin/tsc --noEmit -p jsconfig.json
	node tools/vendor.mjs --check

format: $(CHECK_READY) $(NODE_READY) ## rewrite the files the way `make check` wants them
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .
	node_modules/.bin/prettier --write --log-level warn $(JS)

vendor: $(NODE_READY) ## rebuild static/vendor from package-lock.json
	node tools/vendor.mjs

fuzz: $(TEST_READY) $(NATIVE_READY) ## over 5,000 requests of every kind against the whole REST interface (minutes)
	TAPEDECK_FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -s --timeout 3600 tests/web/test_fuzz.py

bench: $(BENCH_READY) $(NATIVE_READY) ## measure: overhead, peers, long chains, 70 billion parameters, POST to tape ready
	@for file in benchmarks/bench_*.py; do $(BIN)/python "$$file" || exit 1; done

bench-ui: $(BENCH_READY) $(NATIVE_READY) browser ## measure: the page in Chromium, on three large tapes
	$(BIN)/python benchmarks/ui.py

clean: ## remove everything that was built or installed
	rm -f server/tapedeck/recorder/*.so
	rm -rf $(VENV) node_modules dist build htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find server tests -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tapedeck needs Python 3.11 or newer; say which: make PYTHON=python3.11 …")'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN_READY): pyproject.toml constraints.txt | $(VENV)/.made
	@echo "Installing Tapedeck (once; the first time takes a few minutes)"
	@TAPEDECK_PURE=1 $(PIP_INSTALL) -e .
	@touch $@

# The recorder's inner loop, compiled anew when its sources have changed; where that fails, the Python runs as it is.
$(NATIVE_READY): hatch_build.py $(RECORDER) | $(RUN_READY)
	@echo "Compiling the recorder"
	@$(PIP_INSTALL) cython setuptools
	@$(BIN)/python hatch_build.py >/dev/null
	@touch $@

$(TEST_READY): $(RUN_READY)
	@echo "Installing what the tests need"
	@TAPEDECK_PURE=1 $(PIP_INSTALL) -e '.[test]'
	@touch $@

$(CHECK_READY): $(RUN_READY)
	@echo "Installing what the checks need"
	@TAPEDECK_PURE=1 $(PIP_INSTALL) -e '.[check]'
	@touch $@

$(BENCH_READY): $(RUN_READY)
	@echo "Installing what the benchmarks need"
	@TAPEDECK_PURE=1 $(PIP_INSTALL) -e '.[bench]'
	@touch $@

$(NODE_READY): package-lock.json
	@echo "Installing node packages"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
