# What people and CI run. A fresh machine needs Python 3.11+, git and a package index; every target sets up what it needs.

PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SPEC ?= clusters/01-minimal.yaml
WORKERS ?= 2
# Rehearsals at the same time: each waits half of its time, as the provider's waiters do, and holds up to 2.5 GB.
REHEARSALS ?= 3
PYTEST := $(BIN)/python -m pytest

# Ours first, so that `node`, `ruff` and the rest are the locked ones. Without .pyc files every Python that a test starts
# would compile the CDK anew.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=
export JSII_RUNTIME_PACKAGE_CACHE_TTL ?= 3650

.DEFAULT_GOAL := help
.PHONY: help try test fast bench golden docs lint rehearse lock clean environment node system-tools

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name said; do \
		printf '%-20s %s\n' "$$name" "$$said"; done

try: environment  ## synth one spec, say what was decided and why, rehearse it (SPEC=clusters/x.yaml)
	@$(BIN)/eksclave try $(SPEC)

test: environment node system-tools lint  ## set everything up and run all tests
	@$(PYTEST) tests/unit -n $(WORKERS)
	@$(PYTEST) tests --ignore tests/unit --ignore tests/rehearsals -n $(WORKERS) --dist loadfile
	@$(PYTEST) tests/rehearsals -n $(REHEARSALS) --dist worksteal

fast: environment  ## the unit tests alone: seconds, no CDK, no subprocess
	@$(PYTEST) tests/unit

lint: environment  ## ruff, the layers, the types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pyright

bench: environment  ## measure synth, prove, copies of images and a rehearsal, each beside what it replaces
	@$(BIN)/python bench/synth.py
	@$(BIN)/python bench/prove.py
	@$(BIN)/python bench/images.py 40 2 50 3
	@$(BIN)/python bench/rehearse.py

golden: environment  ## write the golden files, and fail where one changed
	@$(PYTEST) tests/golden --golden=write

docs: environment  ## write the generated pages
	@$(BIN)/python -m eksclave.spec.reference > docs/spec.md
	@$(BIN)/python -m eksclave.checks.docs

rehearse: environment  ## apply and destroy every stack of a spec against an emulated AWS (SPEC=clusters/x.yaml)
	@$(BIN)/eksclave rehearse $(SPEC)

lock: environment  ## resolve Pipfile and package.json anew
	@$(BIN)/python tools/lock.py
	@$(BIN)/python tools/npm.py install --package-lock-only --ignore-scripts

clean:  ## remove what was built, installed or written here; the lock files stay
	@rm -rf .venv .cache node_modules build dist cdktf.out .hypothesis .ruff_cache .import_linter_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment: .venv/pyvenv.cfg
	@$(BIN)/python tools/install.py

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer is on PATH" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "error: '$(PYTHON) -m venv' failed; on Debian: apt-get install python3-venv" >&2; exit 2; }

# The CDKTF command line, for the tests that run it. Its one install script builds a terminal module that CI=1 does without.
node: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json | environment
	@echo "installing cdktf-cli with npm (half a minute on the first run)"
	@$(BIN)/python tools/npm.py ci --ignore-scripts
	@touch $@

system-tools:
	@sh tools/system-tools.sh
