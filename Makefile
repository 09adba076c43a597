# The main commands: `make refresh` builds the warehouse, and `make test` tests it. ARGS passes options on.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check
UV     := $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python
PINNED := --require-hashes -r requirements.lock
ITSELF := --no-deps --no-build-isolation --editable .

.PHONY: refresh test ui model check bench reliability spark
.DEFAULT_GOAL := refresh

refresh: $(READY)  ## fetch, model, publish; ARGS=--offline tries no network
	$(BIN)/minerals refresh $(ARGS)

# Three workers on two cores: a third of the time of a worker is waiting.
test: $(READY)  ## the whole default suite; no network needed
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

ui: $(READY)  ## Dagster webserver and daemon on 127.0.0.1:3000, schedules running
	$(BIN)/minerals ui $(ARGS)

model: $(READY)  ## one dbt model with its tests, or one unit test, in the existing build: M=fct_trade
	@$(BIN)/python -m orchestration.dbt.one_model $(M)

check: $(READY)  ## lint, format and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests warehouse/queries

bench: $(READY)  ## measure against the peers, into benchmarks/RESULTS.md
	test -d .venv-bench || $(PYTHON) -m venv .venv-bench
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	$(BIN)/python -m benchmarks $(ARGS)

# `make hold` is the earlier name of this target.
reliability hold: $(READY)  ## the long reliability runs, into tests/RELIABILITY.md
	$(BIN)/pytest -m reliability --reliability-scale full $(if $(ARGS),$(ARGS),tests/reliability)

spark: $(READY) requirements-spark.lock  ## install PySpark for DBT_TARGET=spark; needs Java 17 or newer
	$(PIP) --require-hashes -r requirements-spark.lock

$(VENV)/.mcp: $(READY) requirements-mcp.lock  # additional packages for `minerals mcp`
	$(PIP) --require-hashes -r requirements-mcp.lock
	@touch $@

$(VENV)/.notebooks: $(READY) requirements-notebooks.lock  # additional packages for docs/notebooks
	$(PIP) --require-hashes -r requirements-notebooks.lock
	@touch $@

# `pip` is that of $(PYTHON), since installing one takes as long as all the wheels; without a suitable one (22.3), it is
# installed after all.
# uv installs the pinned wheels several times as fast as pip. pip is used if its configuration names another index,
# which uv would ignore, or if uv fails. Both trust the certificates that this system trusts, since networks with a
# proxy often sign their own. Either way, every file is checked against the hashes in the lock.
# uv writes no bytecode. If the environment forbids Python to write any, every process would spend most of its time
# compiling a thousand modules, so this environment then keeps its bytecode in $(VENV)/pycache.
BYTECODE := import sys; sys.dont_write_bytecode and vars(sys).update(dont_write_bytecode=False, pycache_prefix=sys.prefix + '/pycache')
$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@echo "Building $(VENV) from requirements.lock; a minute or two where the files must be downloaded."
	@$(PYTHON) -m venv --without-pip $(VENV)
	@printf '#!/bin/sh\nexec "%s" -m pip --python "%s" "$$@"\n' \
	"$$($(PYTHON) -c 'import sys; print(sys.executable)')" "$(abspath $(BIN)/python)" > $(BIN)/pip; chmod +x $(BIN)/pip
	@$(BIN)/pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip --default-pip > /dev/null
	@with_pip() { $(PIP) $(PINNED) && $(PIP) $(ITSELF); }; \
	if $(BIN)/pip config list | grep -q '[.]index-url=' || ! $(PIP) --require-hashes -r requirements-uv.lock; \
	then echo "pip installs"; with_pip; \
	else { $(UV) $(PINNED) && $(UV) $(ITSELF); } || { echo "uv could not install; pip does"; with_pip; }; fi
	@echo "$(BYTECODE)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/bytecode.pth"
	@touch $(READY)
