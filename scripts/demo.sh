#!/bin/sh
# The first five minutes: ingest the captures of testdata/, ask a few questions, write the report. usage: demo.sh PCAPLAKE DIR
set -eu
bin=$1
dir=$2
rm -rf "$dir"
mkdir -p "$dir"

step() {
	printf '\n+ pcaplake'
	for word; do
		case $word in
		*' '*) printf ' "%s"' "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '\n'
}

ask() {
	step "$@"
	"$bin" --lake "$dir/lake" "$@"
}

# One capture is cut off in the middle of a record, which makes the run "partial": 3 is the right answer here.
status=0
ask ingest --payload all testdata/*.pcap testdata/*.pcap.gz testdata/*.pcapng testdata/*.pcapng.zst || status=$?
[ "$status" -eq 3 ] || { echo "demo: ingest ended with $status, not 3" >&2; exit 1; }

ask query -f table "SELECT source, format, frames, rows, truncated FROM captures ORDER BY first_ts"
ask query -f table addresses-sending-payloads --param top=5
ask query -f table most-frequent-address
ask query -f json dns-trailing-bytes

ask report -o "$dir/report.html"
