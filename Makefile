# Every word here does its own set-up: a machine with git, make and Python 3.11 needs nothing else.
# The stamp is older than pyproject.toml or a list of requirements? Then the environment is brought up to date first.
# What is installed must have a hash that stands in requirements*.txt; `make lock` writes these lists,
# without any address: pip takes those from the machine, since a site has a mirror or a folder (uv.lock and pylock.toml hold
# the addresses of one index). A mirror that builds wheels of its own needs lists of its own: `make lock` there.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
FAST := $(wildcard tests/devices tests/alerts tests/ledger tests/workflows) tests/gateway/site
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
ARGS ?=

# A machine that wants no bytecode would compile every test anew in each worker, and our packages in each process that a
# test starts: half of `make fast`. `make clean` forgets it.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check lint fast fuzz bench pairs crash flood storm lines detection docs lock sbom clean

help: ## this list
	@echo "keyarea: make WORD"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
	@echo "  ARGS=\"...\" is handed on, for instance make test ARGS=\"tests/ledger -n0\""

# Python compiles what it imports, and keeps it: to compile all that is installed is 14 s of a first start.
.venv/.stamp-run: pyproject.toml requirements.txt
	@test -n "$(PYTHON)" || { echo "keyarea needs Python 3.11 or newer, and found none"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "keyarea needs Python 3.11 or newer; $(PYTHON) is older. Say which: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --no-compile --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.stamp: .venv/.stamp-run requirements-dev.txt requirements-peers.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	$(PIP) --require-hashes --no-deps -r requirements-peers.txt
	@touch $@

demo: .venv/.stamp-run ## a whole factory with simulated devices, and the console to look at it
	$(BIN)/keyarea demo $(ARGS)

test: .venv/.stamp ## every test, against a real broker, database, tty and browser
	@$(BIN)/python -m tests.machine
	$(BIN)/pytest $(ARGS)

check: lint test ## what must hold before a change lands: lint, types, import rules, every test

lint: .venv/.stamp ## ruff, mypy --strict, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fast: .venv/.stamp ## the tests that need nothing but Python; the loop to live in
	HYPOTHESIS_PROFILE=fast $(BIN)/python -m tests.halves $(FAST) $(ARGS)

fuzz: .venv/.stamp ## hostile input for every decoder, a million each, guided by coverage; half an hour
	$(BIN)/python -m fuzz $(ARGS)

bench: .venv/.stamp ## measure ingest, latency and storage beside a bare paho consumer, supervision, consoles, trials, a year of work; minutes
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.storage
	$(BIN)/python -m benchmarks.supervision
	$(BIN)/python -m benchmarks.console
	$(BIN)/python -m benchmarks.console_row
	$(BIN)/python -m benchmarks.document
	$(BIN)/python -m benchmarks.trial
	$(BIN)/python -m benchmarks.year
	$(BIN)/python -m benchmarks.cases

pairs: .venv/.stamp ## is this commit slower than another? ARGS="ingest --before COMMIT" or latency, in 11 alternating pairs; minutes
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.pairs $(ARGS)

crash: .venv/.stamp ## kill gateway and broker under load, lose PUBACKs, then count every alarm; half an hour
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.crash --kills 200 --broker-kills 20 --stops 20 --losses 40 $(ARGS)

flood: .venv/.stamp ## flood the gateway in every way that is known, and time a fire on its way to the screen meanwhile; minutes
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.flood $(ARGS)

storm: .venv/.stamp ## 10,000 alerts in 10 s from 2,000 devices: none lost, the fire first and fast, people told, the API awake; a minute
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.storm $(ARGS)

lines: .venv/.stamp ## pull every kind of line out for a minute, then noise and mute peers; what is understood again; minutes
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m benchmarks.lines

detection: .venv/.stamp ## how soon rules find recorded fires, and how often they cry wolf; minutes
	$(BIN)/python -m benchmarks.detection $(ARGS)

docs: .venv/.stamp ## write what is written from the code; is all that exists documented, and the other way round?
	for page in docs/generate_*.py; do $(BIN)/python $$page || exit 1; done
	$(BIN)/pytest -q -n0 tests/house $(ARGS)

LOCK = build/lock/bin/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: ## pin every dependency anew, within pyproject.toml, with the hashes that an installation must find
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(LOCK) --extra dev pyproject.toml -o constraints.txt $(ARGS)
	echo "setuptools>=80" >build/lock/build.in
	$(LOCK) --generate-hashes -c constraints.txt pyproject.toml build/lock/build.in -o requirements.txt
	$(LOCK) --generate-hashes -c constraints.txt --extra dev pyproject.toml build/lock/build.in -o requirements-dev.txt

sbom: ## build/sbom.json (CycloneDX) and build/NOTICE: what a gateway consists of, and under which licences
	$(PYTHON) -m venv --clear build/product && $(PYTHON) -m venv --clear build/tools
	build/product/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	build/product/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation .
	build/tools/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-licenses==5.5.5
	build/tools/bin/cyclonedx-py environment build/product/bin/python --pyproject pyproject.toml --output-reproducible -o build/sbom.json
	build/tools/bin/pip-licenses --python build/product/bin/python --format plain-vertical --with-license-file \
		--no-license-path --with-urls --ignore-packages keyarea --output-file build/NOTICE
	cat api/console/static/echarts.NOTICE >> build/NOTICE
	@echo "build/sbom.json and build/NOTICE are written"

clean: ## forget the environment and all caches; data folders stay
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
