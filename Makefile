# Two commands do everything on a fresh machine: `make demo` and `make test`. Each makes .venv by itself.
# Only Python >= 3.11 and make are needed. PIP_ARGS is handed to pip, e.g. to name the index that has torch without CUDA.

PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test fuzz check bench wheel clean
.DEFAULT_GOAL := demo

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tenfold needs Python 3.11 or newer; name one with PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e '.[notebook,symbolic,torch,paper,dev]'
	@touch $@

demo: $(READY)
	$(BIN)/python -m examples.demo

test: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n 2

fuzz: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n 2 -m hypothesis

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check autograder tests benchmarks examples
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports
	$(BIN)/tenfold check

bench: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks $(ONLY)

wheel: $(READY)
	$(BIN)/python -m build --wheel --outdir dist

clean:
	rm -rf .venv dist work submitted autograded feedback gradebook.db
