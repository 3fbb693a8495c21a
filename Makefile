# The two commands of the README. They need git, make and Python 3.11 with venv; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: check test lint clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

check: $(STAMP)  ## hold the embedded emulator to the specification, over real HTTP on a free loopback port
	$(BIN)/trackstep check --target served --progression time --seconds 0.02 --report-dir reports/out

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) reports/out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
