# The two commands of the README. They need git, make and Python 3.11 with venv; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: check test test-deep test-lowest lint clean sdk-history formal scoreboard

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

test-lowest:  ## the tests with the lowest version of each dependency that pyproject.toml declares, in a venv of their own
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lowest/bin/uv pip install --quiet --compile-bytecode --python $(VENV)-lowest/bin/python --resolution lowest-direct -e '.[dev]'
	$(VENV)-lowest/bin/python -m pytest -n auto

sdk-history: $(STAMP)  ## what changed in botocore from release to release, from the surfaces in reports/sdk/
	$(BIN)/trackstep sdk history --out reports/sdk-history.md

formal: $(STAMP)  ## let TLC and z3 prove spec/tla, and compare its state graph with the Python model's and the tables'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,formal]'
	$(BIN)/trackstep formal
	$(BIN)/trackstep formal graph
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
	rm -rf $(VENV) $(VENV)-lowest reports/out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
