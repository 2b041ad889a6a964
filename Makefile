# make lab      install into .venv and open the course in JupyterLab
# make run      execute the whole course without a browser
# make check    linters, types and the quick tests, in about a minute
# make test     every test that a change must pass; make test-all: the slower and rarer ones too
# make test-lowest   the quick tests with the lowest versions that pyproject.toml allows; needs the package index
# make test-binder   what Binder would build, built and opened; needs the package index
# make js       rebuild the views' browser code (capslab/widgets/static) from js/src; needs Node
# make build    rebuild the notebooks with their figures; make doctor: look at this machine
# ARGS goes to the command: make lab ARGS="--no-browser --port 8899"
# PYTHON chooses the interpreter: make lab PYTHON=python3.12

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
PYTHON ?=
FITS := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))

# Two tests at a time, each in one thread: twice as fast on two cores as one that takes both.
WORKERS ?= 2
ONE_THREAD := OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
TESTS = $(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Tests without TensorFlow and without a browser: those of what is plain NumPy, and of the house itself.
NUMPY_ONLY := tests/test_structure.py tests/data tests/routing tests/clustering

# An environment with the lowest versions that pyproject.toml declares: what is declared is tried.
LOWEST := .venv-lowest

# What the test of the hub puts in front of it.
PROXY := deploy/jupyterhub/proxy

.PHONY: lab run doctor build pretrain js lint lint-js check test test-all test-lowest test-binder pins clean help

lab: $(VENV)/.installed
	@$(BIN)/capslab lab -- $(ARGS)

run: $(VENV)/.installed
	@$(BIN)/capslab run $(ARGS)

doctor: $(VENV)/.installed
	@$(BIN)/capslab doctor

build: $(VENV)/.installed
	@$(BIN)/capslab build $(ARGS)

pretrain: $(VENV)/.installed
	@$(BIN)/capslab pretrain $(ARGS)

js: js/node_modules/.installed
	npm --prefix js run --silent build

# The browser code: formatting, lint, types, unit tests, and whether the built files are up to date.
lint-js: js/node_modules/.installed
	npm --prefix js run --silent check

# What reads the code without running it; `long_code` lists long files and functions and refuses nothing.
lint: $(VENV)/.installed-test lint-js
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry .
	@$(BIN)/python tools/long_code.py

# The answer within a minute, while one works: linters, types, and the tests that need no TensorFlow.
check: lint
	$(TESTS) -m "not slow and not browser and not rare" $(NUMPY_ONLY) $(ARGS)

test: lint $(PROXY)/node_modules/.installed
	$(TESTS) -m "not rare" $(ARGS)

# What is slower and rarer too: PyTorch, every edition of every notebook on every data set, lowest versions.
test-all: lint $(PROXY)/node_modules/.installed test-lowest
	$(TESTS) $(ARGS)

test-lowest: $(LOWEST)/.installed
	$(ONE_THREAD) $(LOWEST)/bin/python -m pytest -n $(WORKERS) --dist worksteal -p no:cacheprovider \
	  -m "not slow and not browser and not rare" $(NUMPY_ONLY) tests/models tests/plots tests/widgets $(ARGS)

# Needs the package index and, like pins, the Python of binder/runtime.txt.
test-binder: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m binder -s tests/browser/test_binder.py $(ARGS)

pins:
	@python="$(PYTHON)"; "$${python:-python3}" binder/pin.py

clean:
	rm -rf $(VENV) $(LOWEST) $(PROXY)/node_modules js/node_modules dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@sed -n 's/^# //p;/^$$/q' Makefile

# $(call install,WHAT): with uv where it is there, with pip otherwise.
define install
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --python $(BIN)/python $(1); \
	else \
	  { $(BIN)/python -m pip --version || $(BIN)/python -m ensurepip; } >/dev/null && \
	  $(BIN)/python -m pip install --disable-pip-version-check $(1); \
	fi
	@touch $@
endef

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	@echo "Installing the course into $(VENV): 2 GB, a few minutes, once."
	$(call install,-e '.[lab]')

$(VENV)/.installed-test: pyproject.toml $(VENV)/.made
	@echo "Installing the course and what its tests need into $(VENV)."
	$(call install,-e '.[test$(comma)hub]')
	@touch $(VENV)/.installed

comma := ,

$(LOWEST)/.installed: pyproject.toml $(VENV)/.installed-test
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(LOWEST)
	$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -e '.[lab]' \
	  'pytest>=8' 'pytest-timeout>=2.3' 'pytest-xdist>=3.6' 'hypothesis>=6.100'
	@touch $@

$(PROXY)/node_modules/.installed: $(PROXY)/package-lock.json
	npm ci --prefix $(PROXY) --no-fund --no-audit
	@touch $@

js/node_modules/.installed: js/package-lock.json
	npm ci --prefix js --no-fund --no-audit
	@touch $@

$(VENV)/.made:
	@if [ -n "$(PYTHON)" ]; then candidates="$(PYTHON)"; \
	else candidates="python3 python3.13 python3.12 python3.11 python3.10 python"; fi; \
	for python in $$candidates; do \
	  if "$$python" -c "$(FITS)" >/dev/null 2>&1; then found="$$python"; break; fi; \
	done; \
	if [ -x $(BIN)/python ] && $(BIN)/python -c "$(FITS)"; then :; \
	elif [ -n "$$found" ] && command -v uv >/dev/null 2>&1; then \
	  uv venv --allow-existing --python "$$found" $(VENV); \
	elif [ -n "$$found" ]; then \
	  "$$found" -m venv $(VENV) || { \
	    echo "$$found cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; \
	    rm -rf $(VENV); exit 1; }; \
	elif [ -z "$(PYTHON)" ] && command -v uv >/dev/null 2>&1; then \
	  uv venv --allow-existing --python 3.12 $(VENV); \
	else \
	  echo "The course needs Python 3.10, 3.11, 3.12 or 3.13 (TensorFlow has no other)." >&2; \
	  echo "Found: $$($${candidates%% *} --version 2>&1 | head -n 1)" >&2; \
	  echo "Install one and name it: make lab PYTHON=python3.12" >&2; \
	  exit 1; \
	fi
	@touch $@
