# The only commands that README and CI use. Each builds the environment first.
PY := .venv/bin/python
# The first of these that runs and can make an environment builds .venv; set PYTHON= to choose another.
# A distribution's own is compiled with profiles and does the same work in about six sevenths of the time.
PYTHON ?= $(shell for p in /usr/bin/python3.11 /usr/bin/python3.12 /usr/bin/python3.13 \
  python3.11 python3.12 python3.13 python3; do $$p -c 'import ensurepip, sqlite3, sys, venv; \
  sys.exit(not (3,11) <= sys.version_info < (3,14))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
# Compiled once and kept out of the tree: a process starts in half the time.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache
unexport PYTHONDONTWRITEBYTECODE
unexport DJANGO_SETTINGS_MODULE

.PHONY: help setup demo test check coverage bench fix lock messages
help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

setup:  ## build the environment in .venv
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed"; exit 1; }
	@$(PYTHON) config/bootstrap.py

demo: setup  ## the portal with demo data on http://127.0.0.1:8000 (PORT= changes it)
	@$(PY) manage.py demo --port $(PORT) $(ARGS)

test: setup  ## the whole suite; prints at the end which legs ran
	@$(PY) -m tests.run $(ARGS)

check: setup  ## format, lint, types, import contracts, migrations, translations, drawings
	@$(PY) -m tests.check

coverage: setup  ## lines and branches that the embedded legs reach, child processes included
	@mkdir -p var/coverage && rm -f var/coverage/data*
	@$(PY) -m coverage run -m pytest -q -p no:cacheprovider -m "not browser and not services" $(ARGS)
	@$(PY) -m coverage combine -q && $(PY) -m coverage report

bench: setup  ## benchmarks as ratios; writes var/bench.json
	@$(PY) -m tests.bench

fix: setup  ## format the code and apply safe lint fixes
	@.venv/bin/ruff check -q --fix . ; .venv/bin/ruff format -q .

lock: setup  ## lock the dependencies again after pyproject.toml changed
	@.venv/bin/uv pip compile -q pyproject.toml --group dev --group build --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11 --universal -o requirements.lock
	@PATH=$(CURDIR)/.venv/bin:$$PATH npm install --package-lock-only

messages: setup  ## collect the texts to translate into locale/en
	@$(PY) -m tests.messages
