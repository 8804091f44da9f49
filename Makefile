# yimatong: the commands of a working day. `make run` and `make test` install what is missing and say so.
DATA   ?= data/demo
LISTEN ?= 127.0.0.1:8080

.PHONY: help setup setup-web build run test test-rust test-web test-citus e2e bench soak faults fuzz check

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Install what is missing on this machine (apt, npm)
	@scripts/setup.sh

setup-web: setup
	@scripts/setup-web.sh

build: setup-web ## Build target/release/yimatong, pages included
	cargo build --release --locked -p yimatong-server

run: build ## Start a demo city of 20,000 people on http://127.0.0.1:8080
	target/release/yimatong serve --demo --data $(DATA) --listen $(LISTEN)

test: test-rust test-web e2e ## Run every test: Rust, pages, and both together in a real browser

test-rust: setup-web ## The Rust part of it
	cargo test --workspace --locked --quiet
	@scripts/test-postgres.sh

test-citus: setup ## The store's and the API's tests on a running cluster: YIMATONG_TEST_POSTGRES=postgres://coordinator/db
	@test -n "$(YIMATONG_TEST_POSTGRES)" || { echo "set YIMATONG_TEST_POSTGRES to the URL of the coordinator" >&2; exit 2; }
	cargo test -p yimatong-store --locked --quiet
	@scripts/test-postgres.sh

test-web: setup-web ## The part of the pages
	cd web && npm run --silent check && npm test --silent && npm run --silent budget
	node --test deploy/try/faults/

e2e: setup-web ## The flows in headless Chromium against the real binary
	cargo build --locked -p yimatong-server
	cd web && YIMATONG=$(CURDIR)/target/debug/yimatong npm run --silent e2e

bench: setup-web ## Measure; prints ratios against limits measured in the same run
	@scripts/bench.sh

soak: setup-web ## Long runs: kill -9 twenty times under write load, 100,000 idle connections
	YIMATONG_SOAK_ROUNDS=20 cargo test --release --locked -p yimatong-server --test api -- --nocapture kill
	YIMATONG_SOAK_CONNECTIONS=100000 cargo test --release --locked -p yimatong-server --test connections -- --nocapture soak

faults: build ## Kill, freeze, cut, fill, skew, replace three nodes and a PostgreSQL; a checker proves no write lost (7 minutes; as root)
	node --test deploy/try/faults/
	node deploy/try/faults/faults.mjs $(FAULTS)

fuzz: ## Fuzz every decoder that meets the outside for a short while (FUZZ_S seconds each)
	@scripts/fuzz.sh

check: setup-web ## Formatting, lints, types
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cd web && npm run --silent check
