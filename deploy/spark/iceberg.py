#!/usr/bin/env python3
"""Reads the tables that `pcaplake publish iceberg` made in a catalog of Hadoop or behind a REST server, and holds them against the live files of the lake.

    spark-submit --packages org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:1.11.0 iceberg.py --lake DIR --warehouse DIR --binary bin/pcaplake [--then 'COMMAND…']
    spark-submit --packages …,org.apache.iceberg:iceberg-aws-bundle:1.11.0 iceberg.py --lake DIR --catalog http://SERVER --binary bin/pcaplake [--then 'COMMAND…']

Tables behind a server may lie on S3, at AWS_ENDPOINT_URL; the lake's own files are read as a folder, which may be the one that a server of S3 keeps its objects in.
Every table must have the same rows: their number and the sum of their hashes. --then is run by a shell in between, such as an ingest or a compaction that publishes again:
the tables are held against the new state, and the snapshots of before against the rows of before. Exit status: 0; 1 when something differs.
"""

import argparse
import json
import os
import subprocess
import sys

from pyspark.sql import SparkSession


def live(options):
    """The live files of the lake, by table."""
    done = subprocess.run([options.binary, "--lake", options.lake, "files", "-f", "ndjson"], stdout=subprocess.PIPE, text=True, check=True)
    files = {}
    for row in map(json.loads, done.stdout.splitlines()):
        files.setdefault(row["table"], []).append(row["path"])
    return files


def digest(frame):
    """What equal rows in any order give: their number and the sum of their hashes."""
    columns = ", ".join(f"`{c}`" for c in sorted(frame.columns))
    row = frame.selectExpr(f"CAST(xxhash64({columns}) AS DECIMAL(38, 0)) AS h").selectExpr("count(*) AS n", "sum(h) AS h").first()
    return row.n, row.h


def main():
    parser = argparse.ArgumentParser()
    for name in ("lake", "binary"):
        parser.add_argument("--" + name, required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--warehouse")
    where.add_argument("--catalog")
    parser.add_argument("--then")
    options = parser.parse_args()
    catalog = {"type": "hadoop", "warehouse": options.warehouse}
    if options.catalog:
        catalog = {"type": "rest", "uri": options.catalog, "s3.path-style-access": "true"}
        if "AWS_ENDPOINT_URL" in os.environ:
            catalog["s3.endpoint"] = os.environ["AWS_ENDPOINT_URL"]
    builder = SparkSession.builder.config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
    for key, value in catalog.items():
        builder = builder.config("spark.sql.catalog.lake." + key, value)
    spark = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.parquet.inferTimestampNTZ.enabled", "true").getOrCreate()
    different, compared, rows = [], 0, 0

    def hold(name, frame, want):
        nonlocal compared, rows
        got = digest(frame)
        compared, rows = compared + 1, rows + got[0]
        if got != want:
            different.append(f"{name}: {got}, the lake's files {want}")

    def tables():
        """Holds all tables, and returns of each the snapshot and the digest."""
        seen = {}
        for name, files in live(options).items():
            spark.sql(f"REFRESH TABLE lake.pcaplake.{name}")
            want = digest(spark.read.parquet(*files))
            hold(name, spark.table(f"lake.pcaplake.{name}"), want)
            snapshot = spark.sql(f"SELECT snapshot_id FROM lake.pcaplake.{name}.snapshots ORDER BY committed_at DESC LIMIT 1").first()
            seen[name] = snapshot.snapshot_id, want
        return seen

    before = tables()
    if options.then:
        subprocess.run(options.then, shell=True, check=True)
        tables()
        for name, (snapshot, want) in before.items():
            hold(f"{name} at snapshot {snapshot}", spark.read.option("snapshot-id", snapshot).table(f"lake.pcaplake.{name}"), want)
    for line in different:
        print(line, file=sys.stderr)
    print(f"Iceberg in Spark, {catalog['type']}: {compared} tables and snapshots, {rows} rows, {len(different)} differ")
    spark.stop()
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
