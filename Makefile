# Two commands matter: `make refresh` builds the warehouse, `make test` proves it. ARGS passes options on.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=
PIN    := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-strip-extras --no-header

.PHONY: refresh test ui model check bench hold lock spark
.DEFAULT_GOAL := refresh

refresh: $(READY)  ## fetch, model, publish; ARGS=--offline tries no network
	$(BIN)/minerals refresh $(ARGS)

test: $(READY)  ## the whole default suite; no network needed
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

ui: $(READY)  ## Dagster webserver and daemon on 127.0.0.1:3000, schedules running
	$(BIN)/minerals ui $(ARGS)

model: $(READY)  ## one dbt model with its tests, or one unit test, in the build as it stands: M=fct_trade
	@$(BIN)/python -m orchestration.one_model $(M)

check: $(READY)  ## lint, format and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests warehouse/queries

bench: $(READY)  ## measure against the peers, into benchmarks/RESULTS.md
	test -d .venv-bench || $(PYTHON) -m venv .venv-bench
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	$(BIN)/python -m benchmarks $(ARGS)

hold: $(READY)  ## the long reliability runs, into tests/RELIABILITY.md
	$(BIN)/pytest -m hold --hold-scale full $(if $(ARGS),$(ARGS),tests/hold)

lock:  ## pin exact versions and hashes anew (needs uv)
	$(PIN) --extra postgres --group dev pyproject.toml -o requirements.lock
	$(PIN) --extra spark -c requirements.lock pyproject.toml -o requirements-spark.lock

spark: $(READY) requirements-spark.lock  ## PySpark beside the rest, for DBT_TARGET=spark; it needs Java 17 or newer
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)
