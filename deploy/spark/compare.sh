#!/usr/bin/env bash
# Every named query and detector on Spark against DuckDB, over a lake of the captures of testdata/, oddities.py's, those given, and of the shared ones, where they are, the lab's and those with a label.
#
# usage: deploy/spark/compare.sh PROGRAM [CAPTURES…]     spark-submit and sqlglot on the PATH
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 deploy/spark/oddities.py "$work/oddities.pcap"
captures=(testdata/*.pcap testdata/*.pcap.gz testdata/*.pcapng testdata/*.pcapng.zst "$work/oddities.pcap" "$@")
shared=../shared
for name in "$shared/lab/A/attack.pcap.gz" "$shared/captures/cisco+mercury/unit_tests/pcaps/faketls_potatovpn.pcap"; do
	[ ! -e "$name" ] || captures+=("$name")
done
if [ -e "$shared/captures/labels.tsv" ]; then
	while IFS=$'\t' read -r name _; do
		[ ! -e "$shared/captures/$name" ] || captures+=("$shared/captures/$name")
	done < <(tail -n +2 "$shared/captures/labels.tsv")
fi
"$program" --lake "$work/lake" ingest --payload 64 "${captures[@]}" >/dev/null 2>&1 || [ $? -eq 3 ] # of captures one is truncated
echo "${#captures[@]} captures"
spark-submit --master 'local[2]' --driver-memory 2g --conf spark.ui.enabled=false deploy/spark/compare.py --lake "$work/lake" --binary "$program" --from 2000-01-02 2>"$work/log" || {
	status=$?
	tail -n 20 "$work/log" >&2
	exit "$status"
}
