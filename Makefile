# The two commands of the README. They need git, make and Python 3.11 with venv; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOWEST := $(VENV)-lowest
BOUNDS := tests/cases tests/emulator tests/plugin tests/search tests/spec tests/cli/test_console.py tests/cli/test_help.py \
  tests/reporting/test_inert.py tests/reporting/test_matrix.py tests/targets/test_http.py tests/targets/test_stdio.py

.PHONY: check test test-deep test-lowest test-bounds lint clean sdk-history formal formal-deep scoreboard

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

check: $(STAMP)  ## hold the embedded emulator to the specification, over real HTTP on a free loopback port
	$(BIN)/trackstep check --target served --progression time --seconds 0.02 --report-dir reports/out

test: $(STAMP)
	$(BIN)/python -m pytest -n auto

test-deep: $(STAMP)  ## the tests that take minutes or much memory too
	$(BIN)/python -m pytest -n auto -m "deep or not deep"

$(LOWEST)/.installed: pyproject.toml
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip install --quiet --compile-bytecode --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[dev]'
	touch $@

test-lowest: $(LOWEST)/.installed  ## the tests with the lowest version of each dependency that pyproject.toml declares, in a venv of their own
	$(LOWEST)/bin/python -m pytest -n auto

test-bounds: $(LOWEST)/.installed  ## of these the part where each dependency is met: a minute, for CI; the newest are in the venv of `make test`
	$(LOWEST)/bin/python -m pytest -n auto $(BOUNDS)

sdk-history: $(STAMP)  ## what changed in botocore from release to release, from the surfaces in reports/sdk/
	$(BIN)/trackstep sdk history --out reports/sdk-history.md

formal: $(STAMP)  ## let TLC and z3 prove spec/tla, and compare its state graph with the Python model's and the tables'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,formal]'
	$(BIN)/trackstep formal
	$(BIN)/trackstep formal graph
	$(BIN)/trackstep formal prove
	$(BIN)/trackstep formal judge --largest 2

formal-deep: formal  ## what takes minutes too: what each change of a row breaks, and the judge at every set of statuses
	$(BIN)/trackstep formal prove --changes
	$(BIN)/trackstep formal judge

scoreboard: $(STAMP)  ## reports/README.md from reports/results/, which `python -m benchmarks.scoreboard run` measures again
	$(BIN)/python -m benchmarks.scoreboard

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) $(LOWEST) reports/out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
