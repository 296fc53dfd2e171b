"""pcaplake every day over many workers: plan, a mapped task for each shard, publish.

Every task may fail, run twice or die with its worker: a capture is committed once. A shard with a bad capture is done all the same; publish then names it,
with status 3, and fails without another try, which would change nothing. Workers need the program, and what it needs for S3, in their environment. max_map_length of Airflow is 1,024.
"""

import json
import subprocess
from datetime import datetime, timedelta

from airflow import DAG
from airflow.exceptions import AirflowFailException
from airflow.models.param import Param

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import task
except ImportError:  # Airflow 2
    from airflow.decorators import task
    from airflow.operators.bash import BashOperator

PCAPLAKE = "pcaplake --lake {{ params.lake }}"
FINAL = {3: "captures cannot be read: the lake has the others, and the log names these", 64: "wrong flags"}  # what another try would not mend

with DAG(
    dag_id="pcaplake_shards",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    user_defined_filters={"fromjson": json.loads},
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
    params={
        "lake": Param("s3://lakes/night", type="string"),
        "source": Param("s3://archive", type="string"),
        "target": Param("2GiB", type="string"),
        "max_shards": Param(1000, type="integer", maximum=1024),
        "settle": Param("5m", type="string"),
    },
    tags=["pcap"],
) as dag:
    plan = BashOperator(
        task_id="plan",
        bash_command=PCAPLAKE + " plan {{ params.source }} --target {{ params.target }} --max-shards {{ params.max_shards }} --settle {{ params.settle }} --exit-when-empty 99",
        skip_on_exit_code=99,
        do_xcom_push=True,
    )

    @task
    def shards(summary):
        plan = json.loads(summary)
        return [{"PCAPLAKE_PLAN": plan["plan"], "PCAPLAKE_SHARD": str(i)} for i in range(plan["shards"])]

    ingest = BashOperator.partial(task_id="ingest", bash_command=PCAPLAKE + " ingest", append_env=True).expand(env=shards(plan.output))

    @task
    def publish(summary, params=None):
        status = subprocess.run(["pcaplake", "--lake", params["lake"], "publish", "--plan", json.loads(summary)["plan"]]).returncode
        if status in FINAL:
            raise AirflowFailException(FINAL[status])
        if status:
            raise RuntimeError(f"publish ended with status {status}")

    ingest >> publish(plan.output)
