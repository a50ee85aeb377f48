# The README's commands. Needs Python 3.11 or newer, make and a POSIX shell; nothing else.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: help setup run test bench lint messages check backup restore
.DEFAULT_GOAL := help

help:
	@echo "make run       set up, fill a demo dealership on first start, and serve it (PORT=8000, DCRC_DATA_DIR=var, DCRC_DEMO=1)"
	@echo "make test      set up and run the whole suite on every database, broker and browser that answers"
	@echo "make backup    write everything into one .zip, while people work (TO=folder KEEP=number)"
	@echo "make restore   put a backup back in the place of everything (FILE=backup.zip)"
	@echo "make setup     only set up: virtual environment, requirements, database, translations, static files"
	@echo "make bench     time the work that matters against its floor (PERFORMANCE in docs/benchmarks.md)"
	@echo "make lint      ruff, checks, missing migrations, unfinished translations"
	@echo "make messages  collect new texts into the translation catalogues"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (this is $$($(PYTHON) --version)). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUNTIME): requirements.txt $(VENV)/bin/python
	@echo "Installing the requirements (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt requirements.txt $(VENV)/bin/python
	@echo "Installing the requirements of the suite (once) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(RUNTIME) $@

setup: $(RUNTIME)
	@$(PY) -m dcrc.run --setup-only

run: $(RUNTIME)
	@$(PY) -m dcrc.run

backup: $(RUNTIME)
	@$(PY) manage.py compile_catalogs
	@$(PY) manage.py backup $(if $(TO),--to "$(TO)") $(if $(KEEP),--keep "$(KEEP)")

restore: $(RUNTIME)
	@$(PY) manage.py compile_catalogs
	@test -n "$(FILE)" || { echo "Which backup? make restore FILE=var/backups/dcrc-20260318-013000.zip"; exit 1; }
	@$(PY) manage.py restore "$(FILE)"

test: $(DEV)
	@$(PY) -m tests.run

bench: $(DEV)
	@$(PY) -m bench.run

lint: $(DEV)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@DCRC_TESTING=1 $(PY) manage.py check
	@DCRC_TESTING=1 $(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m pytest -q tests/test_translations.py tests/test_house.py

messages: $(DEV)
	@$(PY) manage.py update_catalogs
	@$(PY) manage.py compile_catalogs
