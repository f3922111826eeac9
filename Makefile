# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This needs GNU make, git and Python 3.11 or later; everything else is installed into .venv/ and .cache/.
# `make help` lists the targets.

# PYTHON=/path/to/python3.12 uses another interpreter for .venv/ (after `make clean`).
PYTHON ?= $(shell sh tests/tools/find_python.sh)

# Settings of `make sandbox` and `make quickstart`.
API ?= v1
PORT ?= 18100
DATA ?= :memory:

# Settings of `make compare`: number of requests, their seed, and the hosts that the server allows for documents.
COUNT ?= 5000
SEED ?= 1
HOSTS ?= *.example.com,*.example.org,github.com

VENV := .venv
BIN := $(VENV)/bin
# Exact versions with hashes, of what requirements/ allows: `make lock`.
LOCKED := tests/tools/requirements/locked
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
NOX := $(BIN)/python -m nox --non-interactive
# Sessions beside one another. They begin in this order: quick ones that fail soon, then the longest first.
PARTS := $(BIN)/python tests/tools/run_parts.py
TEST := consistency ruff mypy "integration(v1)" "integration(v0)" unit trust-sample "examples(v1)" "examples(v0)" \
  faults-sample playbooks conformance values-sample
RELEASE_CHECK = $(if $(RELEASE),release events,build events-sample) $(if $(CORES),cores,$(OF_CORES)) runner lint importer \
  docs ee
OF_CORES := "oldest(units)" "oldest(integration)" "newest(pylint)" "newest(others)" "newest(units)" "oldest(imports)" \
  "oldest(modules)"

# Ansible looks for tmi.tmi in a folder of this shape; the link makes the work tree that collection.
COLLECTIONS := .cache/collections
LINK := $(COLLECTIONS)/ansible_collections/tmi/tmi
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(COLLECTIONS)
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip

# Ansible refuses a locale without UTF-8. Python itself replaces the locale C, unless LC_ALL demands it.
UTF8 := $(shell case "$$(locale charmap 2>/dev/null),$$LC_ALL" in (UTF-8,*|ANSI_X3.4-1968,|US-ASCII,|,*) ;; \
  (*) locale -a | grep -iE '^(C|en_US)\.utf-?8$$' | head -n 1 ;; esac)
ifneq ($(UTF8),)
export LC_ALL := $(UTF8)
endif
# What the commands at the end of `make quickstart` need on this machine: this locale, and a home that can be written.
NEEDED = $(strip $(addprefix LC_ALL=,$(UTF8)) $(shell test -w "$$HOME/.ansible" || \
  test -w "$$HOME" -a ! -e "$$HOME/.ansible" || echo 'ANSIBLE_HOME=$$PWD/.cache/ansible'))

# Ansible and the role `sandbox` would otherwise write to the home. Not TMPDIR: the path of a socket in it must be short.
quickstart: export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
quickstart: export ANSIBLE_REMOTE_TEMP := $(CURDIR)/.cache/ansible/tmp
quickstart: export XDG_STATE_HOME := $(CURDIR)/.cache
quickstart stop: export PYTHONDONTWRITEBYTECODE := 1
# The screen gets a summary, the log all the rest.
quickstart: export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
quickstart: export ANSIBLE_STDOUT_CALLBACK := summary
quickstart: export ANSIBLE_CALLBACK_PLUGINS := $(CURDIR)/tests/tools/callbacks
quickstart: export ANSIBLE_LOG_PATH := $(CURDIR)/.cache/quickstart.log
# A port that the user sets is used or refused; instead of the default port the next free one is used.
NEXT_PORT = $(if $(filter file,$(origin PORT)),true,false)

# Scripts in a virtual environment contain its path, so one that was moved is created again.
ifneq ($(shell cat $(VENV)/.place 2>/dev/null),$(CURDIR))
$(shell rm -rf $(VENV))
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup quickstart stop pictures test test-live test-trust test-values test-events compare live-settings sandbox faults bench bench-slices docs lint release-check changelog build release lock audit clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: $(VENV)/.dev | $(LINK) ## install everything for development and tests, in .venv/

quickstart: $(VENV)/.sandbox | $(LINK) ## start a server with eight models, write a report, show next commands (API=v0|v1 PORT=18100)
	@: > "$$ANSIBLE_LOG_PATH"
	@$(BIN)/ansible-playbook tmi.tmi.quickstart -e @tests/tools/quickstart.yml \
	  -e api=$(API) -e tmi_sandbox_port=$(PORT) -e tmi_sandbox_next_port=$(NEXT_PORT) \
	  -e '{"quickstart_needed": "$(NEEDED)"}' \
	  || { echo "The log of the whole run is .cache/quickstart.log." >&2; exit 1; }

stop: ## stop the server of `make quickstart`; its data are kept
	@$(or $(wildcard $(BIN)/python),$(PYTHON)) tests/tools/stop_servers.py .cache/tmi-sandbox

test: setup ## run static checks, unit, conformance and integration tests, promises, examples of the documentation
	@$(PARTS) $(TEST)

# TMI_URL, TMI_TOKEN and TMI_TOKEN_2 reach the tests in the environment, whether they were exported or given to make.
test-live: live-settings setup ## integration tests on a live server (TMI_URL=… TMI_TOKEN=… TMI_TOKEN_2=…), see docs
	@$(NOX) --session live -- $(TARGETS)

live-settings:
	@test -n "$$TMI_URL" -a -n "$$TMI_TOKEN" || { echo "Set TMI_URL to the address of a server and TMI_TOKEN to" \
	  "an access token for it; see docs/docsite/rst/guide_contributing.rst" >&2; exit 2; }

sandbox: $(VENV)/.sandbox ## the embedded server in the foreground (API=v0|v1 PORT=18100 DATA=:memory:|FILE)
	PYTHONPATH=roles/sandbox/files PYTHONDONTWRITEBYTECODE=1 \
	  $(BIN)/python -m tmi_sandbox serve --api $(API) --port $(PORT) --data $(DATA)

faults: setup ## whole runs with a fault at every request and frame, kills, races (15 minutes)
	$(NOX) --session faults

test-trust: setup ## every promise of the documentation in all its cases, and a proof that each test can fail (20 minutes)
	$(NOX) --session trust

compare: setup ## compare a real server (URL=…) with the embedded one by generated requests (API=v0|v1 COUNT=5000 SEED=1)
	@test -n "$(URL)" || { echo "Set URL to the address of a server; see docs/docsite/rst/guide_contributing.rst" >&2; exit 2; }
	$(NOX) --session compare -- "$(URL)" --api $(API) --count $(COUNT) --seed $(SEED) --allow-hosts "$(HOSTS)"

test-values: setup ## values of any type in every option, key and input: refused in a sentence, or accepted (10 minutes)
	$(NOX) --session values

test-events: setup ## the rulebooks, run by ansible-rulebook, which needs Java 17; a load test (5 minutes)
	$(NOX) --session events

bench-slices: setup ## time of an estate over 1, 2 and 4 slices (4 minutes)
	$(NOX) --session slices

bench: setup ## ratios of speed, measured side by side
	$(NOX) --session bench

pictures: setup ## the pictures of README, from examples/ (15 s)
	@$(BIN)/python tests/tools/make_pictures.py

docs: setup ## the documentation as a site, in .cache/docs/html; a warning is a failure
	$(NOX) --session docs

lint: setup ## ruff, mypy, ansible-lint (production), documentation
	$(NOX) --session consistency ruff mypy lint docs

# CORES reaches noxfile.py in the environment. RELEASE=1 adds the checks of `make release`.
release-check: setup ## checks before a release, also on other releases of ansible-core (CORES=all|2.19,2.20; RELEASE=1)
	@$(PARTS) $(RELEASE_CHECK)

changelog: setup ## add fragments and new plugins to the changelog of the version in galaxy.yml
	$(NOX) --session changelog

build: setup ## the tarball of the last commit, its SBOM and their checksums, in dist/
	$(NOX) --session tarball

release: setup ## the same as `make build`; an error if something that a release needs is missing
	$(NOX) --session release

lock: setup ## lock the newest versions that requirements allow
	$(NOX) --session lock

# Exit code of audit.py: 1 there are advisories, 3 no source could be asked.
audit: setup ## search for known advisories of installed packages and of the oldest allowed ones (needs a network)
	$(NOX) --session supply
	$(BIN)/python tests/tools/audit.py --pip-audit .cache/venvs/supply/bin/pip-audit

clean: ## stop the server of `make quickstart`, and remove all generated files
	@-$(MAKE) --no-print-directory stop
	rm -rf $(VENV) .cache .nox .ansible collections dist tests/output .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.place:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 with venv and ensurepip found; set PYTHON=/path/to/python" >&2; exit 1; }
	@trap 'exit 130' INT; said=$$($(PYTHON) -m venv --clear $(VENV) 2>&1) || { printf '%s\n' "$$said" >&2; exit 1; }
	@printf '%s\n' '$(CURDIR)' > $@

$(LINK):
	@mkdir -p $(@D) && ln -sfn ../../../.. $@

# What is installed, in a line for each list.
define INSTALL
@echo "Installing the packages of $< into $(VENV)/"
@trap 'exit 130' INT; $(PIP) --requirement $< || { echo "pip could not install these packages. If this machine does" \
  "not reach the Python package index, set PIP_INDEX_URL to a mirror of it, or PIP_NO_INDEX=1 and PIP_FIND_LINKS to a" \
  "folder with the packages." >&2; exit 1; }
@touch $@
endef

$(VENV)/.runtime: $(LOCKED)/runtime.txt | $(VENV)/.place $(LINK)
	$(INSTALL)

$(VENV)/.sandbox: $(LOCKED)/sandbox.txt | $(VENV)/.runtime
	$(INSTALL)

$(VENV)/.dev: $(LOCKED)/dev.txt | $(VENV)/.sandbox
	$(INSTALL)
