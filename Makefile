# What one does with this project. All it needs is make and Python 3.11 or newer with venv.
#
#   make demo       check the example hall and draw it (installs the core only)
#   make test       all tests          make lint   style, types, floors of the house
#   make bench      against peers      make docs   the pages made from the code
#   make notebooks  run the notebooks  make fuzz   properties on examples of its own, ROUNDS times
#   make clean      remove what make has made

PYTHON ?= python3
# Tests in this many processes; each file stays in one.
JOBS ?= 2
# So many rounds of `make fuzz`, each with other examples.
ROUNDS ?= 5

BIN := .venv/bin
BENCH := .venv-bench/bin
INSTALL := -m pip install -q --disable-pip-version-check --prefer-binary -c constraints.txt

.PHONY: demo test lint bench notebooks fuzz docs clean
.DELETE_ON_ERROR:

demo: .venv/.core
	@$(BIN)/python scripts/demo.py

test: .venv/.ready
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: .venv/.ready
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: .venv-bench/.ready
	@$(BENCH)/python benchmarks/run.py

notebooks: .venv/.ready
	@$(BIN)/python -m pytest -q --nbmake notebooks

fuzz: .venv/.ready
	@for round in $$(seq $(ROUNDS)); do \
	    echo "round $$round of $(ROUNDS)" >&2; \
	    TWIN_FUZZ=1 $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile \
	        tests/properties tests/files/test_fuzz.py || exit 1; \
	done

docs: .venv/.ready
	@$(BIN)/python scripts/docs.py

clean:
	rm -rf .venv .venv-bench out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf .import_linter_cache
	find twin tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# ------------------------------------------------------------------------------ environments

# A stamp stands for an environment whose installation went through to the end.
.venv/.core: pyproject.toml constraints.txt
	@$(call environment,.venv)
	@echo "installing twin and what it needs into .venv ..." >&2
	@$(BIN)/python $(INSTALL) -e .
	@touch $@

.venv/.ready: .venv/.core
	@echo "installing what tests, lint and notebooks need into .venv ..." >&2
	@$(BIN)/python $(INSTALL) -e '.[dev,notebook,epanet]'
	@touch $@

# The peers pull in much, and other versions than ours: they get an environment of their own.
.venv-bench/.ready: pyproject.toml constraints.txt $(wildcard benchmarks/requirements.txt)
	@$(call environment,.venv-bench)
	@echo "installing twin and its peers into .venv-bench ..." >&2
	@$(BENCH)/python $(INSTALL) -e .
	@if [ -f benchmarks/requirements.txt ]; then \
	    $(BENCH)/python -m pip install -q --disable-pip-version-check --prefer-binary \
	        -r benchmarks/requirements.txt; fi
	@touch $@

# $(1): folder. Says in one sentence what is missing.
define environment
command -v $(PYTHON) >/dev/null 2>&1 || { \
    echo "There is no $(PYTHON) here: install Python 3.11 or newer, or name one with make PYTHON=..." >&2; exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
    echo "$(PYTHON) is older than Python 3.11: install a newer one, or name it with make PYTHON=python3.12" >&2; exit 1; }; \
$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
    echo "$(PYTHON) has no venv module: install python3-venv (Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 1; }; \
[ -x $(1)/bin/pip ] || $(PYTHON) -m venv $(1)
endef
