# Everything a person does here. `make` alone lists it.
PYTHON ?= $(shell command -v python3.13 >/dev/null 2>&1 && python3.13 -c '' >/dev/null 2>&1 && echo python3.13 || echo python3)
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
EMULATOR := .venv-ministack/.installed
BROWSER := $(VENV)/.browser
.DEFAULT_GOAL := help
.PHONY: help demo serve test browser check synth bench faults scale lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

$(STAMP): requirements/all.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Achterban needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing what the project needs (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(VENV)/bin/uv pip install -q --python $(PY) --require-hashes --compile-bytecode -r requirements/all.txt
	@touch $@

$(EMULATOR): requirements/ministack.txt $(STAMP)
	@test -x .venv-ministack/bin/python || $(VENV)/bin/uv venv -q --python $(PY) .venv-ministack
	@$(VENV)/bin/uv pip install -q --python .venv-ministack/bin/python --require-hashes --compile-bytecode -r requirements/ministack.txt
	@touch $@

$(BROWSER): requirements/browser.txt $(STAMP)
	@$(VENV)/bin/uv pip install -q --python $(PY) --require-hashes --compile-bytecode -r requirements/browser.txt
	@touch $@

demo: $(STAMP) $(EMULATOR) ## the whole journey with simulated supporters; results in build/demo/
	@$(PY) -m local demo

serve: $(STAMP) $(EMULATOR) ## the platform on this machine, for you to play with
	@$(PY) -m local serve

test: $(STAMP) $(EMULATOR) ## every test, on the local platform
	@$(PY) -m pytest -n 2 --dist loadscope

browser: $(BROWSER) $(EMULATOR) ## the pages in a real browser (Chromium must be there: apt-get install chromium)
	@$(PY) -m pytest --override-ini addopts="-q --strict-markers --import-mode=importlib" -n 2 --dist loadscope tests/browser

check: $(STAMP) ## ruff, mypy (strict) and the import floors
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

synth: $(STAMP) ## the CloudFormation template, into cdk.out/ (no AWS account, no Docker, no Node of your own)
	@$(PY) -m infra.app

bench: $(STAMP) $(EMULATOR) ## our ways against the usual ones, side by side; figures in build/bench.json
	@$(PY) -m benchmarks

faults: $(STAMP) $(EMULATOR) ## every AWS call of the send path fails in turn; the table of what came of it
	@$(PY) -m local.faultlab

scale: $(STAMP) $(EMULATOR) ## 10,000 and 100,000 simulated supporters: what grows, and the pace held (about half an hour)
	@$(PY) -m benchmarks.scale 10000 100000

lock: $(STAMP) ## solve the dependencies anew and write requirements/*.txt
	@cd requirements && ../$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --all-extras ../pyproject.toml -o all.txt
	@cd requirements && ../$(VENV)/bin/uv pip compile -q --upgrade --python-version 3.13 --python-platform aarch64-manylinux_2_28 --generate-hashes --no-header ../pyproject.toml -o lambda.txt
	@cd requirements && ../$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header ministack.in -o ministack.txt
	@cd requirements && ../$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header -c all.txt browser.in -o browser.txt
	@cd requirements && ../$(VENV)/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header uv.in -o uv.txt

clean: ## forget what was built and installed
	rm -rf build cdk.out .local $(VENV) .venv-ministack
