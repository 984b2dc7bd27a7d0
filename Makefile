# Bare `make` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.from-lock

.DEFAULT_GOAL := help
.PHONY: help setup run test check labs faults faults-quick leaks fuzz mutants bench pictures sheet guide windows dist locales lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-13s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml locales/compile.py
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) locales ## make .venv from the lock file; leaves .venv/bin/careplan-setup

windows: setup ## dist/careplan-setup-VERSION-windows-x64.zip: runs from a stick on a PC without Python
	@$(BIN)/python -m tests.bundle

dist: setup ## dist/*.whl and dist/*.tar.gz, for `pipx install` and `uv tool install`
	@$(BIN)/python -m hatchling build --directory dist

locales: $(STAMP) ## compile the message catalogues
	@$(BIN)/python -m locales.compile

run: setup ## start the app on the store of this user
	@$(BIN)/careplan-setup

test: setup ## the whole default suite
	@$(BIN)/python -m pytest -n auto --dist worksteal -q

check: setup ## lint, format, types, layers, texts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32 states/system/windows.py states/system/windows_pc.py tui/windows_driver.py
	@$(BIN)/lint-imports

labs: setup ## tests that need system packages (installs them itself where it is root on Debian), and the long ones
	@sh tests/labs/packages.sh
	@$(BIN)/python -m pytest -m lab -q tests

leaks: setup ## the leak hunt alone: canaries typed as every secret, and leaks planted to be found
	@$(BIN)/python -m pytest -m lab -q -s tests/labs/test_leaks.py tests/labs/test_more_leaks.py

faults-quick: setup ## cut, damage, fill up and race the store, at the size of a commit (part of `make test`)
	@$(BIN)/python -m tests.faults quick

faults: setup ## the same at the size of a release; some 20 minutes
	@$(BIN)/python -m tests.faults full

mutants: setup ## put 288 faults into the edition's table; the proof and the scripts have to find them (some 20 minutes)
	@$(BIN)/python -m tests.acceptance.mutants

fuzz: setup ## judge 20,000 damaged certificate files
	@$(BIN)/python -m tests.checks.fuzz_certificates

bench: setup ## the figures, as ratios inside one run
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench || echo "peers not to be had; without them"
	@$(BIN)/python -m tests.bench

pictures: setup ## draw the screens of docs/ and the diagram of the README afresh
	@$(BIN)/python -m tests.pictures

sheet: setup ## draw every screen in both languages, three sizes and three terminals, as contact sheets in build/sheet
	@$(BIN)/python -m tests.sheet

guide: setup ## write docs/guide.ja.md and its pictures from the app
	@$(BIN)/python -m tests.guide

lock: setup ## resolve requirements.lock anew, for every system, with hashes and no index address
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev -o requirements.lock

clean: ## remove what the build left
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
