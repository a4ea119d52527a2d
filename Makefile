# Everything runs in .venv, made from the lock with its hashes.
PYTHON ?= python3
BIN := .venv/bin
SIZE ?= usual

.PHONY: run demo test venv bench lint format lock pictures clean

run: .venv/run        ## poll feeds.toml, build stories, serve http://127.0.0.1:8080/
	$(BIN)/aggregator run

demo: .venv/run       ## three recorded days, no network
	$(BIN)/aggregator demo

test: venv lint       ## everything that must pass
	$(BIN)/python -m pytest

venv: .venv/dev       ## make .venv with all that development needs

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: venv           ## figures, not assertions: writes benchmarks/FIGURES.md; make bench SIZE=large takes an hour
	$(BIN)/python -m benchmarks --size $(SIZE)

.venv/run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

lock:                 ## resolve pyproject.toml again (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt --extra build
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt --extra build --extra dev

clean:
	rm -rf .venv data/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

pictures: venv        ## the pictures of the README, from the demo
	$(BIN)/aggregator demo --once --no-serve
	$(BIN)/python docs/take_pictures.py
