SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=
ROUNDS ?= 200
# Groups of test files on two processes, the longest first; see tests/groups.py.
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder --durations=10
# What `make coverage` adds to the tests.
MEASURED :=
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage test-servers chaos up down lint bench clean lock

help: ## List what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Build .venv from the hash-locked requirements

$(VENV)/.installed: requirements.lock requirements-bootstrap.lock pyproject.toml simulator/pyproject.toml
	@echo "make install: building $(VENV) from requirements.lock"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info >= (3, 14))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed; say which with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --offline -e . -e ./simulator
	@$(BIN)/csp feeds write
	@$(BIN)/csp feeds check
	@touch $@

demo: install ## Run the main job end to end (DATA=folder for real partner files)
	@echo "make demo: partner files to published KPI marts, through a real Airflow"
	@$(BIN)/csp keys create --if-missing
	@$(BIN)/python -m csp_airflow.local.demo $(if $(DATA),--data "$(DATA)")

test: install ## Run the tests that need nothing beside the environment
	@echo "make test: unit, contract, dbt, gate, DAG and end-to-end tests"
	@$(BIN)/python -m pytest tests simulator/tests -m "not servers" $(SPREAD) $(MEASURED)

coverage: install ## Run make test and say how much of each room it reaches (slower before Python 3.12)
	@$(MAKE) --no-print-directory test MEASURED="--cov --cov-report="
	@$(BIN)/python -m tests.coverage_by_room

test-servers: install ## Run the tests of servers: browser (.ci/browser brings it), PostgreSQL, whole scenario
	@echo "make test-servers: pages in a browser, PostgreSQL, and the whole scenario"
	@$(BIN)/python -m pytest tests -m servers $(SPREAD)

chaos: install ## Kill, race and stop real processes, 200 times each (ROUNDS=200); takes an hour
	@echo "make chaos: $(ROUNDS) ends of ingest and of refresh, races, and a long walk over all states"
	@CSP_CHAOS_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest tests/chaos tests/unit/ledger tests/unit/ingest --durations=10

up: install ## Start Airflow on loopback and leave it running
	@echo "make up: starting Airflow on loopback"
	@$(BIN)/csp keys create --if-missing
	@$(BIN)/python -m csp_airflow.local.server up

down: install ## Stop the Airflow that make up started
	@echo "make down: stopping Airflow"
	@$(BIN)/python -m csp_airflow.local.server down

lint: install ## Run ruff, mypy, sqlfluff, the import-layer lint and the contract check
	@echo "make lint: ruff, import layers, types, contracts, sqlfluff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/csp feeds check
	@$(BIN)/csp kpis check
	@$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests

bench: install ## Measure the budgets as ratios of one run
	@echo "make bench: ingest, memory, refresh and gates"
	@$(BIN)/python -m bench

clean: ## Remove the environment, data and build products of this checkout
	@echo "make clean: removing .venv, data and build products"
	@rm -rf $(VENV) data dbt_project/target dbt_project/logs .pytest_cache .ruff_cache .import_linter_cache .mypy_cache .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## Resolve requirements.lock anew from pyproject.toml
	@echo "make lock: resolving requirements.lock"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--group dev pyproject.toml -o requirements.lock
