# make serve   the graph and its endpoint at http://127.0.0.1:8000 (PORT=, HOST=, CNRS_KG_…=)
# make test    every test, on as many cores as there are up to four; ends in pytest's own summary line
# make web     what the pages' scripts are built from by npm (serve does it where npm is there)
# make lint · bench · faults · conformance · lock   see the README
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
BENCH ?= publish lookups storm reasoning judge validate spreadsheets submissions pages stream harvest linking service takeaway large

ASSETS := src/cnrs_kg/web/assets
BUILT := src/cnrs_kg/web/static/built/manifest.json

ifdef PORT
export CNRS_KG_PORT := $(PORT)
endif
ifdef HOST
export CNRS_KG_HOST := $(HOST)
endif

.DEFAULT_GOAL := help
.PHONY: help serve web test lint format bench faults conformance lock clean

help:
	@sed -n 's/^# //p' Makefile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-test.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.serve

$(ASSETS)/node_modules/.package-lock.json: $(ASSETS)/package.json $(ASSETS)/package-lock.json
	cd $(ASSETS) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): $(wildcard $(ASSETS)/*.js) $(ASSETS)/node_modules/.package-lock.json
	cd $(ASSETS) && npm run --silent build

web: $(BUILT)

# Where npm is missing or fails, the pages are there without what it builds.
WEB = @if command -v npm >/dev/null; then $(MAKE) --no-print-directory web || true; fi

serve: $(VENV)/.serve
	$(WEB)
	$(BIN)/cnrs-kg build
	exec $(BIN)/cnrs-kg serve

test: $(VENV)/.test
	$(WEB)
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test
	@for name in $(BENCH); do $(BIN)/python benchmarks/$$name.py || exit 1; done

faults: $(VENV)/.test
	CNRS_KG_FAULTS=200 $(BIN)/pytest tests/faults

conformance: $(VENV)/.test
	$(BIN)/pytest tests/conformance -q -rfE --earl var/conformance/earl.ttl

lock: $(VENV)/.test
	$(PIP) install uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --all-extras pyproject.toml -o requirements-test.lock

clean:
	rm -rf $(VENV) var $(ASSETS)/node_modules $(dir $(BUILT))
