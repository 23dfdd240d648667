# Every daily command. Most are plain cargo, where `just` only saves typing.

# List the commands
default:
    @just --list --unsorted

# Run a lesson: just run raw-cookies
run lesson:
    cargo run -p {{lesson}}

# Test everything but the exercises
test:
    cargo test

# The exercises, and how far you are
course *arguments:
    cargo course {{arguments}}

# Lesson 6 on Redis, here unless STORE says where: run it, or with `just redis test` test it (needs redis-server)
redis command="run":
    STORE="${STORE:-redis://127.0.0.1:6379}" cargo {{command}} -p server-sessions --features redis

# Hold the documents against the code and the servers
verify:
    cargo course verify

# What CI says of format, lints, docs and tests
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
    cargo test --locked
    cargo course verify

# Fetch and build everything, so that a class needs no network
prepare:
    cargo fetch --locked
    cargo test --no-run --locked

# Pack the course and all crates for a USB stick: target/crumbs-kit.tar.gz
kit:
    cargo course kit

# Everything that CI runs, as CI runs it
ci:
    bash .ci/run

# Lesson 5 against the real Flask, and the documents' Python (needs Python 3 and pip)
flask:
    bash crates/5-flask-cookie/tests/flask/run.sh

# All lessons in two browsers (needs Node, Chromium and Firefox; CHROMIUM and FIREFOX name them)
browser:
    cd browser && npm ci && npx playwright test

# What a logged-in page costs lessons 3 and 6, and others who serve the same (Linux, two cores)
bench *runs:
    CARGO_TARGET_DIR=target/bench cargo run --release --manifest-path bench/Cargo.toml -- {{runs}}

# What lesson 1 costs to build from nothing, beside a bare program on the same crates (five pairs, or as many as you say)
cold-build *pairs:
    bash .ci/cold-build {{pairs}}
