# Two commands: `make run` to use it, `make test` for everything CI runs.
# What needs more than a line of shell is in xtask/, in Rust.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
XTASK = $(CARGO) build --quiet --workspace --bin xtask --locked && $(TARGET)/debug/xtask

.PHONY: run test scenarios bench clean

# A server with a demonstration city on http://127.0.0.1:8080.
run: web/dist/app.css
	$(CARGO) build --release --locked --bin lianfang
	$(TARGET)/release/lianfang demo $(ARGS)

web/dist/app.css: web/package-lock.json web/build.mjs $(wildcard web/src/* web/style/*)
	cd web && npm ci --no-audit --no-fund && npm run build

# Formatting, lints, documentation, rules, tests on both databases, coverage, journeys, release build.
test:
	$(XTASK) gate

# The scenarios of the packs on both databases; ONLY=s77 takes those whose name holds it.
scenarios: web/dist/app.css
	$(CARGO) build --workspace --bins --locked
	LIANFANG_TEST_POSTGRES="$$($(TARGET)/debug/xtask pg url)" \
	  $(CARGO) nextest run --workspace --locked --no-fail-fast -E 'binary(packs) & test(/$(ONLY)/)'

bench: web/dist/app.css
	$(CARGO) build --release --locked --bin lianfang
	$(TARGET)/release/lianfang bench $(ARGS)

clean:
	$(CARGO) clean
	rm -rf web/dist web/node_modules e2e/node_modules demo-data
