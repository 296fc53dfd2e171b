#!/bin/sh
# The DAG of deploy/airflow in a real Airflow of PyPI, in a virtual environment that is made once: its XCom is the summary, status 99 skips, a retry changes nothing, and each
# interval takes its own captures. usage: scripts/airflow.sh PROGRAM [VENV]
set -eu
cd "$(dirname "$0")/.."
program=$(realpath "$1")
venv=${2:-bin/airflow-venv}
[ -x "$venv/bin/airflow" ] || { python3 -m venv "$venv"; "$venv/bin/pip" install -q --no-input apache-airflow; }
venv=$(realpath "$venv")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/dags" "$dir/captures" "$dir/bin" "$dir/reports"
cp deploy/airflow/pcaplake_dag.py "$dir/dags"
cp testdata/theft.pcap testdata/web.pcap "$dir/captures" # of 2026-01-15
touch -d '10 minutes ago' "$dir/captures"/*
ln -s "$program" "$dir/bin/pcaplake"
export AIRFLOW_HOME="$dir" AIRFLOW__CORE__DAGS_FOLDER="$dir/dags" AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__UNIT_TEST_MODE=False PATH="$dir/bin:$venv/bin:$PATH"
airflow version
airflow db migrate >"$dir/db.log" 2>&1 || { cat "$dir/db.log" >&2; exit 1; }

conf="{\"lake\":\"$dir/lake\",\"source\":\"$dir/captures\",\"reports\":\"$dir/reports\"}"
# night DAY STATE TOTALS: a run at that day ends in a state, and the totals of its XCom are these.
night() {
	timeout 120 airflow dags test pcaplake "$1" -c "$conf" >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
	python3 - "$AIRFLOW_HOME/airflow.db" "$1" "$2" "$3" <<-'PY'
		import json, sqlite3, sys
		path, day, state, want = sys.argv[1:]
		db = sqlite3.connect(path)
		run, got = db.execute("SELECT run_id, t.state FROM task_instance t JOIN dag_run r USING (dag_id, run_id) WHERE dag_id = 'pcaplake' AND logical_date LIKE ? ORDER BY t.start_date DESC LIMIT 1", (f"{day}%",)).fetchone()
		if got != state:
		    sys.exit(f"the task of {day} is {got}, not {state}")
		if want:
		    value = db.execute("SELECT value FROM xcom WHERE key = 'return_value' AND run_id = ?", (run,)).fetchone()[0]
		    while isinstance(value, (str, bytes)):
		        value = json.loads(value)
		    for pair in want.split():
		        name, number = pair.split("=")
		        if value["totals"][name] != int(number):
		            sys.exit(f"{name} of {day} is {value['totals'][name]}, not {number}")
		print(f"{day}: {got} {want}")
	PY
}
night 2026-01-16 success "committed=2 failed=0" # by hand, the interval is the one that ended at that time: the day before
night 2026-01-17 skipped ""
night 2026-01-16 skipped "" # a retry: nothing new
rm "$dir/reports/2026-01-15.html"
night 2026-01-16 success "committed=0 known=2" # what was broken off is made up for
test -s "$dir/reports/2026-01-15.html"
echo "airflow: 4 runs as they must be"
