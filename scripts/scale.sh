#!/usr/bin/env bash
# The same captures through one process, eight shards, and Spark, into a folder and into S3 (versitygw): the lakes must be the same, and so must answers, also of Iceberg's
# tables and of ClickHouse. Python's venv and
# versitygw are made once, in the folder that SCALE_TOOLS names; Spark needs a Java 17 runtime (Debian: openjdk-17-jre-headless).
#
# usage: scripts/scale.sh PROGRAM [CAPTURES…]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
shift
captures=("$@")
[ ${#captures[@]} -gt 0 ] || captures=(testdata/theft.pcap testdata/scan.pcap testdata/web.pcap testdata/flood.pcap.gz testdata/truncated.pcap)
for i in "${!captures[@]}"; do captures[i]=$(realpath "${captures[i]}"); done

tools=${SCALE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/pcaplake-scale}
mkdir -p "$tools"
[ -x "$tools/versitygw" ] || GOBIN=$tools go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
[ -x "$tools/venv/bin/spark-submit" ] || { python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" install -q pyspark==4.0.1 sqlglot; }
"$tools/venv/bin/python" -c "import chdb" 2>/dev/null || "$tools/venv/bin/pip" install -q chdb==4.4.0
command -v java >/dev/null || { echo "scale-test: java is missing: install openjdk-17-jre-headless" >&2; exit 1; }

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
export PCAPLAKE_CACHE=$work/cache AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=testtest AWS_REGION=us-east-1 AWS_ENDPOINT_URL=http://127.0.0.1:${PORT:-7070}
mkdir -p "$work/s3/lakes" "$work/sidecar"
"$tools/versitygw" --access test --secret testtest --port "127.0.0.1:${PORT:-7070}" --quiet posix --sidecar "$work/sidecar" "$work/s3" >"$work/s3.log" 2>&1 &
server=$!

# Status 3 says that a capture is truncated.
may() { "$@" || [ $? -eq 3 ]; }
id() { sed -n 's/.*"plan":"\([0-9a-f]*\)".*/\1/p' "$1" | tail -n 1; }
shards() { # LAKE: eight shards, each as a process of its own, the second of them killed and done again
	"$program" --lake "$1" plan --target 1KB --max-shards 8 "${captures[@]}" >"$work/plan"
	local plan i tasks=()
	plan=$(id "$work/plan")
	for i in 0 1 2 3 4 5 6 7; do
		"$program" --lake "$1" ingest --plan "$plan" --shard "$i" >/dev/null 2>&1 &
		tasks+=($!)
	done
	kill -9 "${tasks[1]}" 2>/dev/null || true
	wait "${tasks[@]:2}" || true
	for i in 0 1; do "$program" --lake "$1" ingest --plan "$plan" --shard "$i" >/dev/null 2>&1; done
	"$program" --lake "$1" publish --plan "$plan" >/dev/null
}
same() { # NAME LAKE: the lake is that of one process
	diff -r -x _runs -x _plans -x _index -x _staging "$work/one" "$2" >/dev/null || { echo "$1: not the lake of one process" >&2; exit 1; }
	printf '%-30s same lake, %d files\n' "$1" "$(find "$2" -type f -not -path '*/_[rpis]*' | wc -l)"
}

may "$program" --lake "$work/one" ingest "${captures[@]}" >/dev/null 2>&1
shards "$work/eight"
same "8 shards, one killed" "$work/eight"
shards s3://lakes/eight
same "8 shards, one killed, S3" "$work/s3/lakes/eight"
for query in most-frequent-address dns-names conversations; do
	diff <("$program" --lake "$work/one" query "$query") <("$program" --lake s3://lakes/eight query "$query") || { echo "$query: another answer from S3" >&2; exit 1; }
done
export PATH=$tools/venv/bin:$PATH PYSPARK_PYTHON=$tools/venv/bin/python
may spark-submit --master 'local-cluster[2,1,512]' --conf spark.executor.memory=512m --conf spark.ui.enabled=false deploy/spark/ingest.py \
	--lake "$work/spark" --binary "$program" --target 1KB --max-shards 8 "${captures[@]}" >/dev/null 2>"$work/spark.log" || { tail "$work/spark.log" >&2; exit 1; }
same "Spark, 2 executors" "$work/spark"
spark-submit --master 'local[2]' --conf spark.ui.enabled=false deploy/spark/compare.py --lake "$work/spark" --binary "$program" 2>"$work/spark.log" |
	tail -n 1
publish="$program --lake $work/spark publish iceberg --warehouse $work/warehouse"
$publish >/dev/null
then="$program --lake $work/spark ingest --payload 64 testdata/dns.pcap testdata/ipv6.pcapng.zst && $program --lake $work/spark compact && $publish"
spark-submit --master 'local[2]' --conf spark.ui.enabled=false --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0 deploy/spark/iceberg.py \
	--lake "$work/spark" --warehouse "$work/warehouse" --binary "$program" --then "($then) >/dev/null" 2>"$work/spark.log" | tail -n 1
"$tools/venv/bin/python" deploy/clickhouse/compare.py --lake "$work/spark" --binary "$program"
not=
if [ -x "$tools/airflow/bin/airflow" ] || [ -n "${SCALE_ALL:-}" ]; then
	[ -x "$tools/airflow/bin/airflow" ] || { python3 -m venv "$tools/airflow" && "$tools/airflow/bin/pip" install -q --no-input apache-airflow kubernetes-validate; }
	scripts/shards_airflow.sh "$program" "$tools/airflow" "$tools/versitygw" "${captures[@]}"
	"$tools/airflow/bin/python" -m kubernetes_validate --strict deploy/k8s/ingest.yaml 2>&1 | sed 's/^INFO *//'
else
	not+=" Airflow, Kubernetes;"
fi
if command -v slurmctld >/dev/null && [ "$(id -u)" = 0 ]; then
	scripts/slurm.sh "$program" "${captures[@]}"
else
	not+=" Slurm;"
fi
[ -z "$not" ] || echo "not run:${not%;} (install slurmctld slurmd slurm-client munge; SCALE_ALL=1 installs Airflow)"
