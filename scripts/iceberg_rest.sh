#!/usr/bin/env bash
# `pcaplake publish iceberg` against servers of Iceberg's REST protocol: the tests of etl/iceberg with tables in a folder, three that publish at once, and a lake and tables
# on S3 (versitygw), which Spark reads before and after an ingest and a compaction. Needs mvn once, for the server, and java; takes pyspark from TOOLS/venv.
#
# usage: scripts/iceberg_rest.sh PROGRAM TOOLS CAPTURES…
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") tools=$(realpath "$2")
shift 2
# shellcheck source=scripts/servers.sh
. scripts/servers.sh
servers "$(mktemp -d)" "$tools"
gateway
folder='' remote=''

catalog folder "file://$work/warehouse"
PCAPLAKE_TEST_CATALOG=$folder go test -count=1 -v ./etl/iceberg >"$work/test.log" 2>&1 || { cat "$work/test.log" >&2; exit 1; }
printf '%-30s %d tests on a server\n' "Iceberg 1.11.0, REST" "$(grep -c -- '--- PASS: .*/rest' "$work/test.log")"

catalog remote s3://lakes/warehouse
lake=s3://lakes/lake
"$program" --lake $lake ingest "$@" >/dev/null 2>"$work/ingest.log" || [ $? -eq 3 ] || { cat "$work/ingest.log" >&2; exit 1; }
publish="$program --lake $lake publish iceberg --catalog $remote"
tasks=()
for i in 1 2 3; do
	$publish >/dev/null 2>"$work/publish$i.log" &
	tasks+=($!)
done
won=0
for i in 1 2 3; do
	status=0
	wait "${tasks[i - 1]}" || status=$?
	case $status in
	0) won=$((won + 1)) ;;
	75) ;;
	*) cat "$work/publish$i.log" >&2 && exit 1 ;;
	esac
done
$publish >/dev/null
$publish | grep -q '"status":"nothing-new"' || { echo "publish iceberg: what is right is set again" >&2; exit 1; }
printf '%-30s %d of 3 at once committed, the others said so; again: nothing new\n' "Iceberg 1.11.0, REST, S3" "$won"

export PATH=$tools/venv/bin:$PATH PYSPARK_PYTHON=$tools/venv/bin/python
then=". scripts/servers.sh && $program --lake $lake ingest --payload 64 testdata/dns.pcap testdata/ipv6.pcapng.zst && compact $program $lake $work/s3/lakes/lake && $publish"
spark-submit --master 'local[2]' --conf spark.ui.enabled=false --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0 \
	--jars "$tools/iceberg-1.11.0/iceberg-aws-bundle-1.11.0.jar" deploy/spark/iceberg.py --lake "$work/s3/lakes/lake" --catalog "$remote" --binary "$program" \
	--then "bash -c '$then' >/dev/null" 2>"$work/spark.log" >"$work/spark.out" || { grep -v INFO "$work/spark.log" | tail -n 20 >&2; exit 1; }
tail -n 1 "$work/spark.out"
