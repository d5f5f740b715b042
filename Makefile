# ParkZero. Everything runs in .venv, which `make install` creates. On Windows see README.md.
#
#   make demo      plan the shipped example into out/demo
#   make test      all that must hold before a change goes in
#   make help      the rest

SHELL := /bin/sh
VENV := .venv
TWIN := .venv-twin
AC := .venv-ac
BIN := $(VENV)/bin
EXAMPLE := parkzero/examples/hai_phong
PIP := -m pip --disable-pip-version-check --no-input
HASHED := install --quiet --quiet --require-hashes --no-deps --only-binary :all:
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

export PYTHONUTF8 := 1

.PHONY: help install dev demo test test-all lint format types bench docs twin-env ac-env lock clean

help:
	@echo "make install    create .venv with what ParkZero needs to run"
	@echo "make demo       plan the shipped example into out/demo"
	@echo "make test       ruff, mypy, import contracts, manual and the default tests"
	@echo "make test-all   also slow tests, the PyPSA twins, pandapower, the browser, and shared data if PARKZERO_SHARED is set"
	@echo "make bench      compare with PyPSA in one run (parkzero bench)"
	@echo "make docs       build the manual into site/"
	@echo "make format     let ruff lay out and mend the code"
	@echo "make twin-env   create .venv-twin with PyPSA, used by twins and bench"
	@echo "make ac-env     create .venv-ac with pandapower, used by the checks of alternating current"
	@echo "make lock       resolve requirements/*.in anew into hashed locks"
	@echo "make clean      remove outputs and caches (not the environments)"

# ------------------------------------------------------------------------------------- environments

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev
twin-env: $(TWIN)/.installed
ac-env: $(AC)/.installed

$(BIN)/python:
	@python=$$(sh tools/find_python.sh) && echo "Creating $(VENV) with $$python" && "$$python" -m venv $(VENV)

$(VENV)/.installed: requirements/lock.txt pyproject.toml | $(BIN)/python
	$(BIN)/python $(PIP) $(HASHED) -r requirements/lock.txt
	$(BIN)/python $(PIP) install --quiet --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt $(VENV)/.installed
	$(BIN)/python $(PIP) $(HASHED) -r requirements/dev.txt
	@touch $@

$(TWIN)/.installed: requirements/twin.txt
	@test -x $(TWIN)/bin/python || { python=$$(sh tools/find_python.sh) && "$$python" -m venv $(TWIN); }
	$(TWIN)/bin/python $(PIP) $(HASHED) -r requirements/twin.txt
	@touch $@

$(AC)/.installed: requirements/ac.txt
	@test -x $(AC)/bin/python || { python=$$(sh tools/find_python.sh) && "$$python" -m venv $(AC); }
	$(AC)/bin/python $(PIP) $(HASHED) -r requirements/ac.txt
	@touch $@

lock: dev
	$(COMPILE) --upgrade --output-file requirements/lock.txt requirements/lock.in
	$(COMPILE) --upgrade --output-file requirements/dev.txt requirements/dev.in
	$(COMPILE) --upgrade --output-file requirements/twin.txt requirements/twin.in
	$(COMPILE) --upgrade --output-file requirements/ac.txt requirements/ac.in

# --------------------------------------------------------------------------------------------- use

demo: install
	$(BIN)/parkzero plan $(EXAMPLE) --out out/demo --gap 0.005

bench: install twin-env
	$(BIN)/parkzero bench

# Not --quiet: mkdocs counts only the warnings that it shows.
docs: dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The manual is in site/index.html"

# ------------------------------------------------------------------------------------------- checks

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: dev
	$(BIN)/mypy

# A file of tests stays in one process, so that its fixtures are made once.
test: lint types
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-all: lint types twin-env ac-env
	$(BIN)/python -m pytest -m ""

clean:
	rm -rf out site build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
