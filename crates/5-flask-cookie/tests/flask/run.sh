#!/usr/bin/env bash
# Holds lesson 5 against the real Flask: the vectors, the format both ways, and a walk between two servers; and runs the boxes
# "In Flask" of the other lessons. Python is needed for this alone. What is run is what the documents print, commands too.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
tests=crates/5-flask-cookie/tests/flask
typed=$target/flask-walk

python3 -c 'import ensurepip, venv' 2>/dev/null || { apt-get update -q && apt-get install -y -q python3-venv; }
python3 "$tests/printed.py" "$typed"
python=$typed/target/flask/venv/bin/python

cargo build --quiet --locked -p flask-cookie --bins --examples
cargo run --quiet --locked -p flask-cookie --example vectors -- "$tests/vectors.json"
"$python" "$tests/format.py" "$target/debug/examples/exchange" 1 500
"$python" "$tests/walk.py" "$target/debug/flask-cookie" "$typed"
"$python" "$tests/boxes.py"
