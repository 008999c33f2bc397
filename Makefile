# SPDX-License-Identifier: EUPL-1.2
# Two commands are enough: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench wheel lock messages clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .setup-base .setup-assets .setup-messages ## make the environment, the front-end assets and the translations

$(VENV)/bin/uv: requirements/build.txt
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@touch $@

.setup-base: $(VENV)/bin/uv requirements/base.txt pyproject.toml
	@echo "Installing the pinned packages ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.setup-dev: .setup-base requirements/dev.txt
	@echo "Installing what developing and testing needs ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

.setup-bench: .setup-dev requirements/bench.txt
	@echo "Installing the packages that benchmarks compare with ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/bench.txt
	@touch $@

.setup-assets: $(VENV)/bin/uv package.json package-lock.json tools/assets.py
	@$(BIN)/python tools/assets.py
	@touch $@

.setup-messages: $(VENV)/bin/uv $(wildcard src/beproefd/locale/*/LC_MESSAGES/django.po)
	@$(BIN)/python tools/messages.py compile
	@touch $@

demo: setup ## build the demo city and serve it on http://127.0.0.1:8000
	@$(BIN)/beproefd demo

test: setup .setup-dev ## run everything this machine can run; say what it could not
	@$(BIN)/python tools/run_tests.py

lint: setup .setup-dev ## style, types, layers, licences
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@BEPROEFD_SECRET_KEY=only-for-checking-types-and-never-for-a-running-site $(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/reuse lint --quiet || $(BIN)/reuse lint --lines

bench: setup .setup-bench ## run all benchmarks and write the table in docs/benchmarks.md
	@$(BIN)/python -m benchmarks

wheel: setup ## make the package that is installed elsewhere, with everything in it, in dist/
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python
	@ls dist/*.whl

lock: $(VENV)/bin/uv ## compile the requirements to hash-pinned lock files
	@cd requirements && for f in build base dev bench node; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate $$f.in -o $$f.txt; done

messages: .setup-dev ## gather new texts into the translation files
	@$(BIN)/python tools/messages.py gather

clean: ## remove what setup made (keeps var/, the data)
	@rm -rf $(VENV) node_modules .setup-* src/beproefd/ui/static/ui/vendor
