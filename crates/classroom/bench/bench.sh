#!/bin/sh
# CPU time a request of lesson 3's signed GET /, against axum-extra's SignedCookieJar with the same page (Linux; needs wrk).
# Each server is pinned to one core, wrk to another; the median of paired runs is told. `PAIRS=15 SECONDS_EACH=2 sh bench.sh`
set -eu
cd "$(dirname "$0")"
pairs=${PAIRS:-15} seconds=${SECONDS_EACH:-2}
target=${CARGO_TARGET_DIR:-$(pwd)/../../../target}
cargo build --quiet --release --manifest-path ../../../Cargo.toml -p signed-sessions
CARGO_TARGET_DIR=$target/bench cargo build --quiet --release
scratch=$(mktemp -d)
trap 'kill $(cat "$scratch"/*.pid) 2>/dev/null; rm -rf "$scratch"' EXIT

# start NAME WIRE PROGRAM: a server on a free port, and the cookie of a log-in to it. No User-Agent, as wrk sends none.
start() {
  PORT=0 WIRE=$2 taskset -c 0 "$3" >"$scratch/$1.out" 2>&1 &
  echo $! >"$scratch/$1.pid"
  until grep -qs localhost: "$scratch/$1.out"; do sleep 0.1; done
  sed -n 's,.*http://localhost:\([0-9]*\).*,\1,p' "$scratch/$1.out" | head -1 >"$scratch/$1.port"
  curl -s -A "" -o /dev/null -D - -d username=Ada "http://localhost:$(cat "$scratch/$1.port")/login" |
    sed -n 's/^set-cookie: \([^;]*\).*/\1/p' >"$scratch/$1.cookie"
}

# run NAME: microseconds of CPU a request.
run() {
  pid=$(cat "$scratch/$1.pid")
  before=$(awk '{print $14 + $15}' "/proc/$pid/stat")
  requests=$(taskset -c 1 wrk -t1 -c32 -d"$seconds" -H "Cookie: $(cat "$scratch/$1.cookie")" \
    "http://localhost:$(cat "$scratch/$1.port")/" | awk '/requests in/ {print $1}')
  after=$(awk '{print $14 + $15}' "/proc/$pid/stat")
  echo "$before $after $requests $(getconf CLK_TCK)" | awk '{printf "%.3f\n", ($2 - $1) / $4 * 1e6 / $3}'
}

start on on "$target/release/signed-sessions"
start off off "$target/release/signed-sessions"
start extra off "$target/bench/release/classroom-bench"
for name in on off extra; do
  curl -s -A "" -H "Cookie: $(cat "$scratch/$name.cookie")" "http://localhost:$(cat "$scratch/$name.port")/" | grep -q Ada ||
    { echo "$name does not know Ada"; exit 1; }
  run $name >/dev/null
done
pair=0
while [ $pair -lt "$pairs" ]; do
  echo "$(run on) $(run off) $(run extra)" >>"$scratch/runs"
  pair=$((pair + 1))
done
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
printf 'CPU a request, median of %s paired runs: wire on %s us, WIRE=off %s us, axum-extra %s us\n' "$pairs" \
  "$(awk '{print $1}' "$scratch/runs" | median)" "$(awk '{print $2}' "$scratch/runs" | median)" "$(awk '{print $3}' "$scratch/runs" | median)"
printf 'wire on: %s of axum-extra (at most 1.333); WIRE=off: %s (at most 1)\n' \
  "$(awk '{print $1 / $3}' "$scratch/runs" | median)" "$(awk '{print $2 / $3}' "$scratch/runs" | median)"
