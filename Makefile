# HALO Push: `make` prints what there is.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
READY := $(VENV)/.ready
PY := $(VENV)/bin/python
COMPILE = $(VENV)/bin/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help demo run test fuzz bench chaos import package check-terraform clean pins

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## play HALO's use cases on this machine, and show what phones show and report
	@$(PY) -m infra.local demo

run: $(READY) ## the whole stack in the foreground until Ctrl-C (make run PORT=9000, SNS=1 with Amazon SNS)
	@$(if $(SNS),SNS_REGION=eu-west-1 )$(PY) -m infra.local run $(if $(PORT),--port $(PORT))

test: $(READY) ## lint, types, layer contracts and every test, those on the emulators included
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@PYTHONPATH=functions:. $(VENV)/bin/lint-imports --no-logo
	@$(if $(VOLUME),VOLUME=$(VOLUME) )$(PY) -m pytest

fuzz: $(READY) ## random requests against the API's documentation, longer (make fuzz SEED=7 EXAMPLES=1000)
	@seed=$(or $(SEED),$$RANDOM); echo "seed $$seed"; \
		FUZZ_SEED=$$seed FUZZ_EXAMPLES=$(or $(EXAMPLES),300) $(PY) -m pytest tests/push/entrypoints/api/test_api_fuzz.py

bench: $(READY) ## how fast it is on this machine (make bench ONLY=deliver,sender QUICK=1)
	@PYTHONPATH=functions:. $(PY) -m infra.bench $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

chaos: $(READY) ## everything breaks while it sends (make chaos SEED=7 TARGETS=20000 SECONDS=45)
	@PYTHONPATH=functions:. $(PY) -m infra.chaos $(if $(SEED),--seed $(SEED)) $(if $(TARGETS),--targets $(TARGETS)) \
		$(if $(SECONDS),--seconds $(SECONDS))

import: $(READY) ## devices, tags and users of HALO (make import APP=2 DEVICES=FILE TAGS=FILE USERS=FILE, DRY_RUN=1, LOCAL=1)
	@PYTHONPATH=functions:. $(PY) -m infra.import --app $(or $(APP),$(error say which app: make import APP=2 ...)) \
		$(if $(TAGS),--tags $(TAGS)) $(if $(USERS),--users $(USERS)) $(if $(DEVICES),--devices $(DEVICES)) \
		$(if $(REPORT),--report $(REPORT)) $(if $(DRY_RUN),--dry-run) $(if $(LOCAL),--local) $(if $(RESTART),--restart)

package: $(READY) ## what is deployed, as one archive (make package PROVIDERS=sns: with Amazon SNS)
	@$(PY) -m infra.package $(if $(PROVIDERS),--providers $(PROVIDERS))

check-terraform: $(READY) ## terraform/ against the real providers, and checkov, where this machine has them (STRICT=1: or fail)
	@$(PY) -m infra.check_terraform $(if $(STRICT),--strict)

clean: ## remove the virtual environment, local data and caches
	rm -rf $(VENV) .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

pins: $(READY) ## compile the ranges of pyproject.toml into the requirements files
	@$(VENV)/bin/pip install --quiet uv
	$(COMPILE) pyproject.toml -o functions/requirements.txt
	$(COMPILE) -c functions/requirements.txt --group sns -o functions/requirements-sns.txt
	$(COMPILE) -c functions/requirements.txt -c functions/requirements-sns.txt --group test pyproject.toml -o tests/requirements.txt

$(READY): functions/requirements.txt tests/requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "HALO Push needs Python 3.11: no '$(PYTHON)' on the PATH (set PYTHON=...)."; exit 2; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@printf '%s\n' '#!/bin/sh' 'PYTHONPATH="$(CURDIR)" exec "$(abspath $(PY))" -P -m infra.halo "$$@"' >$(VENV)/bin/halo
	@chmod +x $(VENV)/bin/halo
	@touch $@
