#!/usr/bin/env bash
# deploy/airflow/pcaplake_shards_dag.py in a real Airflow of PyPI: plan, a mapped task for each of eight shards, publish, which fails once and for all where captures cannot be
# read. Credentials and server of S3 are those of the environment.
#
# usage: scripts/shards_airflow.sh PROGRAM AIRFLOW_VENV LAKE SOURCE
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1") venv=$(realpath "$2") lake=$3 source=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/dags"
ln -s "$program" "$work/bin/pcaplake"
cp deploy/airflow/pcaplake_shards_dag.py "$work/dags"
export AIRFLOW_HOME=$work AIRFLOW__CORE__DAGS_FOLDER=$work/dags AIRFLOW__CORE__LOAD_EXAMPLES=False PATH=$work/bin:$venv/bin:$PATH
airflow db migrate >"$work/db.log" 2>&1 || { cat "$work/db.log" >&2; exit 1; }
parameters=$(printf '{"lake":"%s","source":"%s","target":"1KB","max_shards":8,"settle":"0s"}' "$lake" "$source")
timeout 300 airflow dags test pcaplake_shards 2026-01-16 -c "$parameters" >"$work/log" 2>&1 || status=$?
states=$(
	python3 - "$work/airflow.db" <<-'PY'
		import sqlite3, sys
		for task, state, n in sqlite3.connect(sys.argv[1]).execute("SELECT task_id, state, count(*) FROM task_instance GROUP BY 1, 2 ORDER BY 1"):
		    print(task, state, n)
	PY
)
case $states in
$'ingest success 8\nplan success 1\npublish success 1\nshards success 1') ;;
$'ingest success 8\nplan success 1\npublish failed 1\nshards success 1') grep -q 'captures cannot be read' "$work/log" ;;
*) false ;;
esac || { { tail -n 40 "$work/log"; echo "airflow: ended with ${status:-0}; tasks:" "$states"; } >&2; exit 1; }
echo "Airflow $(airflow version), 8 mapped tasks"
