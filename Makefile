# make all    set up, then build everything that config/config.yaml asks for
# make test   set up, then check and test
# make env    set up alone: .venv from the lock that the NVIDIA driver allows; the CPU lock where there is none
# make test-endurance  the tests that take long: drivers and jobs killed at random moments
# make test-slurm  the tests against a real Slurm, which it installs and starts on this machine; as root
# make check  style, types, lint
# make lock   resolve envs/*.in anew
# make clean-env
#
# LOCK=cpu, gpu (CUDA 13) or gpu-cuda12 chooses the lock, CORES=n the cores, PYTHON=… the interpreter (3.11 or newer).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := all
MAKEFLAGS += --no-print-directory
.PHONY: all env test test-endurance test-slurm check lock clean-env

PYTHON ?= python3.11
CORES ?= 8
ifndef LOCK
LOCK := $(shell bash envs/lock.sh)
endif
STAMP := .venv/installed-$(LOCK)
TORCH = $(shell grep -E '^torch==' envs/$(LOCK).lock)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

all: env
	snakemake --cores $(CORES) all

env: $(STAMP)

# Two at a time: some tests hold several gigabytes.
test: check
	pytest -n 2 --dist loadfile --no-loadscope-reorder

# Killed over and over, and a served model behind faults: a quarter of an hour and more.
test-endurance: env
	pytest -m endurance

# Slurm's packages stay; its processes, its files and its /etc/slurm do not.
test-slurm: env
	pytest -m slurm -rs tests/workflow/test_slurm.py

check: env
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-cache >/dev/null || lint-imports --no-cache
	snakefmt --check Snakefile workflow
	snakemake --lint

# The lock is complete, so nothing is resolved: --no-deps. Where pip finds no CPU build of torch it
# took the ordinary one, whose CUDA packages the second call adds; elsewhere that call does nothing.
# Bytecode is left to the first import of each module: most of it is never imported.
$(STAMP): envs/$(LOCK).lock pyproject.toml
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11)' 2>/dev/null \
	  || { echo "akb: Python 3.11 or newer is needed; '$(PYTHON)' is none. Set PYTHON=…" >&2; exit 1; }
	@bash envs/lock.sh $(LOCK)
	@rm -f .venv/installed-*
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv 2>/dev/null \
	  || { $(PYTHON) -m venv --clear --without-pip .venv && $(PYTHON) -m pip --python .venv/bin/python install -q pip; }
	@total=$$(grep -c == $<); \
	  echo "akb: installing $$total packages from $< (once; log in .venv/install.log)" >&2; \
	  .venv/bin/python -m pip install --no-deps --no-compile --progress-bar off -r $< 2>&1 \
	    | tee .venv/install.log \
	    | awk -v total=$$total '/^ERROR/ {print} /^Collecting/ && ++n % 40 == 0 {print "akb: " n " of " total " packages"} \
	        /^Installing collected/ {print "akb: unpacking"} {fflush()}' >&2 \
	  || { tail -20 .venv/install.log >&2; echo "akb: the set-up failed; mend the cause and run 'make env' again" >&2; exit 1; }
	@.venv/bin/python -m pip install -q --no-compile -c $< "$(TORCH)" 2>&1 | { grep -v WARNING >&2 || true; }
	@.venv/bin/python -m pip install -q --no-deps --no-build-isolation -e . 2>&1 | { grep -v WARNING >&2 || true; }
	@touch $@

# Locks name versions alone: no address, and no CUDA package where there is no GPU.
lock: env
	pip install -q uv 2>&1 | { grep -v WARNING >&2 || true; }
	for kind in cpu gpu gpu-cuda12; do \
	  uv pip compile -q --no-header --no-annotate --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	    --override envs/$$kind-overrides.txt envs/$$kind.in > envs/$$kind.lock.new; \
	  { echo "# Made by 'make lock' from envs/$$kind.in; install with --no-deps."; \
	    [ $$kind = cpu ] || echo "# Resolved for Linux on x86-64 with CUDA; it has not been run on a GPU by the authors."; \
	    grep -E '^[A-Za-z0-9_.-]+==' envs/$$kind.lock.new \
	      | { [ $$kind != cpu ] && cat || grep -Ev '^(nvidia-|cuda-|triton==)'; }; } > envs/$$kind.lock; \
	  rm envs/$$kind.lock.new; \
	done

clean-env:
	rm -rf .venv
