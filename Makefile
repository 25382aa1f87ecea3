# `make run` and `make test` do all the set-up on a machine with Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
# Constrains build tools too, which `pip -c` does not.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test proof lint demo wheel clean

run: .venv/ready  ## one cycle over sources.yaml, then a digest to out/
	$(BIN)/monitor run --once

test: .venv/ready-dev  ## style, types and tests; skips by name what the machine lacks, REQUIRE_ALL=1 forbids that
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not proof"

proof: .venv/ready-dev  ## the long forms of the proofs
	$(BIN)/python -m pytest -m proof --timeout 3600

demo: .venv/ready  ## a time-lapse over a bundled press, with no network
	$(BIN)/monitor demo

wheel: .venv/ready-dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf .venv build dist out ledger.db ledger.db-wal ledger.db-shm

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/ready-dev: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable '.[dev,train]'
	@touch $@ .venv/ready
