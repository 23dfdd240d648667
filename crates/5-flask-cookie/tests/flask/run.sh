#!/usr/bin/env bash
# Holds lesson 5 against the real Flask: the vectors, the format both ways, and a walk between two servers.
# Python is needed for this alone.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
venv=$target/flask-venv

python3 -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -q && apt-get install -y -q python3-venv; }
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'from importlib.metadata import version; assert version("flask") == "3.1.3"' 2>/dev/null ||
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check flask==3.1.3 itsdangerous==2.2.0

cargo build --quiet --locked -p flask-cookie --bins --examples
cargo run --quiet --locked -p flask-cookie --example vectors -- crates/5-flask-cookie/tests/flask/vectors.json
"$venv/bin/python" crates/5-flask-cookie/tests/flask/format.py "$target/debug/examples/exchange" 1 500
"$venv/bin/python" crates/5-flask-cookie/tests/flask/walk.py "$target/debug/flask-cookie"
