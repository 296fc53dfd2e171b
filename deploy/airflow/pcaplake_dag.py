"""pcaplake every day, by the interval's packets: a run for 2026-11-22 takes the captures whose first packet is of that day.

The task's XCom is the JSON summary, which pcaplake prints as its last line. Status 99 (nothing new) skips the task. A retry is harmless: what is committed
is not committed again, and a page that was not written is. One run at a time: the lake is locked, and 75 (another run is at work) is retried.
"""

from datetime import datetime, timedelta

from airflow.timetables.interval import CronDataIntervalTimetable

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG, Param
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.models.param import Param
    from airflow.operators.bash import BashOperator

COMMAND = (
    "pcaplake run"
    " --lake {{ params.lake }}"
    " --source {{ params.source }}"
    " --report-dir {{ params.reports }}"
    " --from {{ data_interval_start.isoformat() }}"
    " --to {{ data_interval_end.isoformat() }}"
    " --exit-when-empty 99"
    " --deadline 4h"
)

with DAG(
    dag_id="pcaplake",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),  # "@daily" has no interval in Airflow 3
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
    params={
        "lake": Param("/var/lib/pcaplake/lake", type="string"),
        "source": Param("/var/lib/pcaplake/captures", type="string"),
        "reports": Param("/var/lib/pcaplake/reports", type="string"),
    },
    tags=["pcap"],
) as dag:
    BashOperator(task_id="run", bash_command=COMMAND, skip_on_exit_code=99, do_xcom_push=True)
