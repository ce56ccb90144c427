# make app    the app in your browser          make check    what every change must pass, under two minutes
# make test   every check and test             make format   lay the code out and mend what can be mended
# make setup  the environment, alone

ENVIRONMENT := .venv
BIN := $(ENVIRONMENT)/bin

# A stamp is named after the content of what was installed, so that a second call has nothing to do.
checksum = $(shell cat $(1) | cksum | tr -d ' ')
APP_INSTALLED := $(ENVIRONMENT)/app-$(call checksum,requirements.txt).stamp
DEV_INSTALLED := $(ENVIRONMENT)/dev-$(call checksum,requirements.txt requirements-dev.txt).stamp

# Bytecode is kept, also where a machine's environment says otherwise: tests start hundreds of processes of the program.
export PYTHONDONTWRITEBYTECODE :=

# The networks are small: one thread each is faster than two that fight for the same core.
TEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest
# Two files at a time; a file stays with one worker, so that what its tests share is prepared once.
PARALLEL := --numprocesses=2 --dist=loadfile

.PHONY: setup app dev check test format format-check lint types layers fast-tests tests browser browser-tests environment

setup: $(APP_INSTALLED)

app: setup
	$(BIN)/streamlit run app.py $(OPTIONS)

# Types are looked at while tests wait for processes that they have started.
check: format-check lint layers
	@$(MAKE) --no-print-directory --jobs=2 types fast-tests

test: format-check lint layers
	@$(MAKE) --no-print-directory --jobs=2 types tests
	@$(MAKE) --no-print-directory browser-tests

format: dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

format-check: dev
	$(BIN)/ruff format --check .

lint: dev
	$(BIN)/ruff check .

types: dev
	$(BIN)/pyright

layers: dev
	PYTHONPATH=. $(BIN)/lint-imports --no-logo

fast-tests: dev
	$(TEST) $(PARALLEL) -m "not slow" tests/unit tests/methods tests/properties

tests: dev
	$(TEST) $(PARALLEL) tests --ignore=tests/browser

# One at a time: they watch the clock.
browser-tests: dev browser
	$(TEST) tests/browser

# Finds a Chromium; where there is none it installs one.
browser: dev
	$(BIN)/python tests/browser/chromium.py

dev: $(DEV_INSTALLED)

environment:
	@PYTHON="$(PYTHON)" scripts/make_environment.sh $(ENVIRONMENT)

$(APP_INSTALLED):
	@PYTHON="$(PYTHON)" scripts/make_environment.sh $(ENVIRONMENT)
	$(BIN)/python -m pip install --requirement requirements.txt
	@rm -f $(ENVIRONMENT)/app-*.stamp
	@touch $@

$(DEV_INSTALLED): $(APP_INSTALLED)
	$(BIN)/python -m pip install --requirement requirements-dev.txt
	@rm -f $(ENVIRONMENT)/dev-*.stamp
	@touch $@
