# `make run` does the main job, `make test` proves it. Both set up .venv by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := runs/first
WEIGHTS := src/tenfold/reading/weights
MEASURED = $(if $(EVALUATION),--evaluation $(EVALUATION))

.PHONY: run test test-slow weights digit-weights line-weights bench bench-rivals experiments notebooks clean

run: $(VENV)/.train                ## train the default network, measure it, export it, read the example pictures with it
	$(BIN)/tenfold train --out $(RUN) --replace
	$(BIN)/tenfold evaluate $(RUN)
	$(BIN)/tenfold export $(RUN)
	$(BIN)/tenfold read --json --model $(RUN)/model.onnx examples
	@echo "The report: $(RUN)/evaluation/report.html (open it in a browser)"

test: $(VENV)/.dev                 ## lint, types, one-way imports, and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest

test-slow: $(VENV)/.dev            ## the tests that train for minutes, and the built wheel in a clean environment
	$(BIN)/pytest -m slow

weights: $(VENV)/.train            ## train the shipped weights again, digits and lines, from MNIST alone; EVALUATION=folder measures more
	$(MAKE) --jobs 2 digit-weights line-weights
	@grep --no-filename '^|' $(WEIGHTS)/MODEL_CARD.md $(WEIGHTS)/LINES_CARD.md

digit-weights: $(VENV)/.train      ## the network that reads one digit; a core of its own
	$(BIN)/python experiments/shipped_weights.py --workers 1 $(MEASURED)

line-weights: $(VENV)/.train       ## the network that reads lines
	$(BIN)/python experiments/line_weights.py $(MEASURED)

bench: $(VENV)/.dev                ## measure the claims about speed, print their table, write docs/performance.md
	$(BIN)/python benchmarks/starting.py
	$(BIN)/python benchmarks/one_digit.py
	$(BIN)/python benchmarks/folder.py
	$(BIN)/python benchmarks/numbers_and_pages.py
	$(BIN)/python benchmarks/matrix_rate.py
	$(BIN)/python benchmarks/time_to_accuracy.py
	$(BIN)/python benchmarks/growth.py
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/table.py --write

bench-rivals: $(VENV)/.dev $(VENV)-rivals/.ready   ## the same beside rivals, in an environment of their own
	for file in benchmarks/rivals/*_beside_*.py; do $(BIN)/python $$file || exit 1; done
	$(BIN)/python benchmarks/table.py
	$(BIN)/python benchmarks/table.py --write

experiments: $(VENV)/.train        ## the five classic notebooks, to the end, and one table of what came of them
	$(BIN)/tenfold experiment all

notebooks: $(VENV)/.notebooks      ## the same as executed notebooks, with their outputs, in runs/notebooks
	mkdir -p runs/notebooks
	for name in deep_mlp wide_mlp mlp_vs_cnn tiny_mlp quickstart_logits; do \
	  $(BIN)/jupytext --to ipynb --output runs/notebooks/$$name.ipynb experiments/$$name.py && \
	  $(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.timeout=-1 \
	    runs/notebooks/$$name.ipynb || exit 1; \
	done

clean:                             ## remove the environment and the caches; runs/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Tenfold needs Python 3.11 or newer; name one with: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.train: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train]'
	touch $@

$(VENV)/.notebooks: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[notebooks]'
	touch $@ $(VENV)/.train

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/.train

$(VENV)-rivals/.ready: benchmarks/rivals/requirements.txt
	$(PYTHON) -m venv $(VENV)-rivals
	$(VENV)-rivals/bin/python -m pip install --quiet --requirement $<
	touch $@
