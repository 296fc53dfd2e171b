#!/bin/bash
# Kills the program at random while several of it ingest into one lake, and while it does whole nights; done again, the lake is that of an undisturbed run, byte for byte.
# usage: scripts/torture.sh PROGRAM [DURATION, such as 90s, 10m or 2h]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
case ${2:-1m} in *h) left=$((${2%h} * 3600)) ;; *m) left=$((${2%m} * 60)) ;; *) left=${2%s} ;; esac
captures=$(realpath testdata)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
sources=("$captures"/*.pcap "$captures"/*.pcap.gz "$captures"/*.pcapng "$captures"/*.pcapng.zst)
# held is what the input of a lake determines: all but records of runs and what saves work.
held() { (cd "$1" && find . -type f ! -path './_runs/*' ! -path './_index/*' ! -path './_staging/*' ! -name _run.lock -print0 | sort -z | xargs -0 sha256sum); }
"$program" --lake whole ingest "${sources[@]}" >/dev/null 2>&1 || [ $? -eq 3 ]
held whole >want
want=$("$program" --lake whole query -f csv 'SELECT count(*) FROM packets' | tail -1)
rounds=0 kills=0 losses=0
while [ "$SECONDS" -lt "$left" ]; do
	rm -rf lake night
	for ((n = RANDOM % 7 + 2; n > 0; n--)); do
		"$program" --lake lake ingest "${sources[@]}" >/dev/null 2>&1 &
		pids[n]=$!
	done
	"$program" --lake night run --source "$captures" --settle 0s --report-dir reports >/dev/null 2>&1 &
	pids[0]=$!
	for pid in "${pids[@]}"; do
		sleep "0.$(printf %03d $((RANDOM % 300)))"
		signal=KILL
		[ $((RANDOM % 4)) -ne 0 ] || signal=TERM
		if kill -"$signal" "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
	done
	wait 2>/dev/null
	pids=()
	"$program" --lake lake ingest "${sources[@]}" >/dev/null 2>&1 || [ $? -eq 3 ]
	held lake >got
	cmp -s want got || { diff want got | head -20 >&2; losses=$((losses + 1)); }
	"$program" --lake night run --source "${sources[0]}" --source "$captures" --settle 0s --report-dir reports >night.log 2>&1 || [ $? -eq 3 ] || { tail -3 night.log >&2; losses=$((losses + 1)); }
	"$program" --lake night verify >/dev/null 2>verify.log || { cat verify.log >&2; losses=$((losses + 1)); }
	rounds=$((rounds + 1))
done
echo "torture: $kills processes killed, $rounds lakes compared with that of an undisturbed run ($want packets), $rounds of whole nights verified, $losses losses"
[ "$losses" -eq 0 ]
