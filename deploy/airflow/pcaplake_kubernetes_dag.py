"""pcaplake every day in a pod. The lake, the captures and the reports lie on volumes; the summary becomes the XCom by way of the sidecar's file."""

from datetime import datetime, timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.timetables.interval import CronDataIntervalTimetable
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

VOLUMES = {"lake": "/lake", "captures": "/captures", "reports": "/reports"}

with DAG(
    dag_id="pcaplake_kubernetes",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),  # "@daily" has no interval in Airflow 3
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=10)},
    tags=["pcap"],
) as dag:
    KubernetesPodOperator(
        task_id="run",
        name="pcaplake",
        image="pcaplake:latest",
        arguments=[
            "run",
            "--lake=/lake",
            "--source=/captures",
            "--report-dir=/reports",
            "--from={{ data_interval_start.isoformat() }}",
            "--to={{ data_interval_end.isoformat() }}",
            "--exit-when-empty=99",
            "--summary=/airflow/xcom/return.json",
        ],
        volumes=[
            k8s.V1Volume(name=name, persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource(claim_name=f"pcaplake-{name}"))
            for name in VOLUMES
        ],
        volume_mounts=[k8s.V1VolumeMount(name=name, mount_path=path, read_only=name == "captures") for name, path in VOLUMES.items()],
        container_resources=k8s.V1ResourceRequirements(requests={"cpu": "2", "memory": "2Gi"}, limits={"memory": "4Gi"}),
        skip_on_exit_code=99,
        do_xcom_push=True,
        on_finish_action="delete_pod",
    )
