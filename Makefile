# Two commands: make run, make test. Only python3 (3.11 or newer, with venv) and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: run test check format bench clean

run: $(VENV)/.installed
	$(BIN)/lotsenwerk run

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -n $(WORKERS) tests
	$(BIN)/python tests/throwaway_postgres.py -- \
	  $(BIN)/python -m pytest -q -n $(WORKERS) tests/app tests/test_migrations.py tests/test_container.py

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/lotsenwerk export-openapi --check
	rm -rf var/check && LOTSENWERK_VAR=var/check $(BIN)/lotsenwerk migrate && LOTSENWERK_VAR=var/check $(BIN)/alembic check
	$(MAKE) test

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.matching --size pool --seed 1 --seconds 10
	$(BIN)/python -m bench.matching --size region --seed 1 --seconds 10

clean:
	rm -rf $(VENV) var *.egg-info

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing …"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
