# What a developer types. Each target makes the environment that it needs: Python 3.11 or later and make are enough.

PYTHON = .venv/bin/python

.PHONY: help demo test check format services applications conformance differential ecosystem fuzz fuzz-long autobahn soak soak-full-load bench long clean

help:
	@echo "make demo          serve the example shop on 127.0.0.1:8000"
	@echo "make test          the tests, on Python 3.11 and 3.13"
	@echo "make check         formatting, lint, types and layers"
	@echo "make format        put the formatting right"
	@echo "make services      install what some tests and benchmarks use: Chromium, PostgreSQL, wrk"
	@echo "make applications  FastAPI's tutorial applications, on both servers"
	@echo "make conformance   FastAPI's own test suite"
	@echo "make differential  random programs, on both (PROGRAMS=2000 SEED=1)"
	@echo "make fuzz          random streams and hostile requests (INPUTS=4000 SEED=7)"
	@echo "make autobahn      the Autobahn test suite's websockets (Python 2.7; CHAPTERS=\"1 2\")"
	@echo "make soak          mixed traffic for minutes, and what is left after it (MINUTES=10)"
	@echo "make soak-full-load  one worker for minutes with as much as it can answer (MINUTES=10)"
	@echo "make bench         CPU time of a request, beside other frameworks (SUBJECTS=\"hello body\")"
	@echo "make ecosystem     packages built on FastAPI, on both servers"
	@echo "make long          what is too slow for every commit"

demo:
	@scripts/environment .venv demo
	@scripts/demo

test:
	@scripts/test

test-%:
	@scripts/test $*

check:
	@scripts/environment .venv dev
	@$(PYTHON) -m ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest -q tests/test_layers.py

format:
	@scripts/environment .venv dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

services:
	@scripts/services

applications:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m conformance applications

conformance:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m conformance suite

PROGRAMS = 2000
SEED = 1

differential:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m conformance.differential --programs $(PROGRAMS) --seed $(SEED)

INPUTS = 4000
fuzz fuzz-long: SEED =

fuzz:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m tests.transport.fuzz --inputs $(INPUTS) --seed "$(SEED)"

fuzz-long:
	@scripts/python 3.13 -m tests.transport.fuzz --inputs 1000000 --seed "$(SEED)" --processes 2

autobahn:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m conformance.autobahn $(CHAPTERS)

MINUTES = 10

soak:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m soak --minutes $(MINUTES)

soak-full-load:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m soak --full-load --minutes $(MINUTES)

bench:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m benchmarks $(SUBJECTS)

ecosystem:
	@scripts/environment .venv dev
	@scripts/python 3.13 -m ecosystem

long:
	@scripts/environment .venv dev
	@$(PYTHON) -m pytest -q -m long
	@$(MAKE) fuzz-long
	@scripts/python 3.13 -m conformance.autobahn 9 12 13
	@$(MAKE) soak
	@$(MAKE) soak-full-load
	@scripts/python 3.11 -m conformance suite

clean:
	@rm -rf .venv .venvs .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
