#!/usr/bin/env bash
# deploy/airflow/pcaplake_shards_dag.py in a real Airflow of PyPI, against captures and a lake on S3 (versitygw): plan, a mapped task for each shard, publish. The lake must
# be that of one process.
#
# usage: scripts/shards_airflow.sh PROGRAM AIRFLOW_VENV VERSITYGW CAPTURES…
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") venv=$(realpath "$2") gateway=$3
shift 3
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
port=$((20000 + RANDOM % 9000))
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=testtest AWS_REGION=us-east-1 AWS_ENDPOINT_URL=http://127.0.0.1:$port PCAPLAKE_CACHE=$work/cache
mkdir -p "$work/s3/lakes" "$work/s3/archive" "$work/sidecar" "$work/bin" "$work/dags"
cp "$@" "$work/s3/archive"
"$gateway" --access test --secret testtest --port "127.0.0.1:$port" --quiet posix --sidecar "$work/sidecar" "$work/s3" >"$work/s3.log" 2>&1 &
server=$!
sleep 1
"$program" --lake s3://lakes/one ingest s3://archive/ >/dev/null 2>"$work/one.log" || [ $? -eq 3 ] || { cat "$work/one.log" >&2; exit 1; }
ln -s "$program" "$work/bin/pcaplake"
cp deploy/airflow/pcaplake_shards_dag.py "$work/dags"
export AIRFLOW_HOME=$work AIRFLOW__CORE__DAGS_FOLDER=$work/dags AIRFLOW__CORE__LOAD_EXAMPLES=False PATH=$work/bin:$venv/bin:$PATH
airflow db migrate >"$work/db.log" 2>&1 || { cat "$work/db.log" >&2; exit 1; }
timeout 240 airflow dags test pcaplake_shards 2026-01-16 -c '{"lake":"s3://lakes/airflow","source":"s3://archive/","target":"1KB","settle":"0s"}' >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; exit 1; }
mapped=$(python3 - "$work/airflow.db" <<-'PY'
	import sqlite3, sys
	done = sqlite3.connect(sys.argv[1]).execute("SELECT task_id, count(*) FROM task_instance WHERE state = 'success' GROUP BY 1").fetchall()
	print(dict(done).get("ingest", 0))
PY
)
diff -r -x _runs -x _plans -x _index -x _staging "$work/s3/lakes/one" "$work/s3/lakes/airflow" >/dev/null || { echo "Airflow: not the lake of one process" >&2; exit 1; }
printf '%-28s same lake, %d files, %d mapped tasks\n' "Airflow $(airflow version), S3" "$(find "$work/s3/lakes/airflow" -type f -not -path '*/_[rpis]*' | wc -l)" "$mapped"
