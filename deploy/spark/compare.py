#!/usr/bin/env python3
"""Runs the named queries on Spark SQL over a lake's files, and holds the answers against those of pcaplake (DuckDB).

    spark-submit compare.py --lake DIR --binary bin/pcaplake --queries queries/sql

SQL is turned into Spark's by sqlglot, and what engines write differently is in macros.sql. Queries named in spark-queries.txt must give the same rows; of the
others it tells which do by now, and why the rest does not. Exit status: 0; 1 when one of the list differs.
"""

import argparse
import datetime
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import sqlglot
from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent


def header(text):
    """The parameters of a query with their defaults, as SQL."""
    values = {}
    for name, kind, default in re.findall(r"^-- param: (\w+) (\S+) (\S+)", text, re.M):
        kind = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}.get(kind, kind)
        values[name] = f"CAST({'NULL' if default == '-' else repr(default)} AS {kind})" if kind not in ("INTEGER", "BIGINT") else default
    return values


def every(text):
    """pcaplake adds up what is beyond the limit of some queries; all rows are compared."""
    return ["--param", "top=1000000"] if re.search("^-- others:", text, re.M) else []


def plain(value):
    """A value as both engines say it."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value):
        whole, _, part = value[:-1].partition(".")
        return f"{whole}.{part.ljust(6, '0')}Z"
    if isinstance(value, (float, decimal.Decimal)):
        return float(f"{float(value):.9g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return float(f"{value:.9g}") if abs(value) > 1 << 53 else float(value)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def rows_of(binary, lake, *args):
    done = subprocess.run([binary, "--lake", lake, *args], stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def spark_sql(text):
    """SQL of DuckDB as Spark's, with the defaults of its parameters."""
    sql = sqlglot.transpile(text, read="duckdb", write="spark")[-1]
    for parameter, value in header(text).items():
        sql = re.sub(r"[$:]" + parameter + r"\b", lambda _: value, sql)
    return sql


def make_views(spark, options, folder):
    """The tables of the lake from its live files, those that have none, and captures, from what pcaplake says of them, and what others are made of these."""
    files = {}
    for f in rows_of(options.binary, options.lake, "files", "-f", "ndjson"):
        files.setdefault(f["table"], []).append(f["path"].replace("s3://", "s3a://"))
    tables = {row["table"] for row in rows_of(options.binary, options.lake, "schema", "-f", "ndjson")} | {"captures"}
    for table in tables - set(files):
        files[table] = [f"{folder}/{table}.parquet"]
        subprocess.run([options.binary, "--lake", options.lake, "query", "-f", "parquet", "-o", files[table][0], "SELECT * FROM " + table], check=True)
    for table, paths in files.items():
        spark.read.parquet(*paths).createOrReplaceTempView(table)
    for statement in (HERE / "macros.sql").read_text().split(";\n"):
        if statement.strip():
            spark.sql(statement)
    left = set((pathlib.Path(options.queries) / "views").glob("*.sql"))
    while left - (made := {path for path in left if make_view(spark, path)}) != left:  # some read others
        left -= made


def make_view(spark, path):
    """Whether Spark can make a view of the named queries."""
    try:
        spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW {path.stem} AS {spark_sql(path.read_text())}")
    except Exception:  # the queries that read it say so
        return False
    return True


def compare(spark, binary, lake, path):
    """Runs one query on both: "same", "differs" or "fails", the number of rows, and why."""
    try:
        text = path.read_text()
        got = [[plain(v) for v in row] for row in spark.sql(spark_sql(text)).collect()]
        want = [[plain(v) for v in row.values()] for row in rows_of(binary, lake, "query", path.stem, "-f", "ndjson", *every(text))]
    except Exception as e:  # whatever an engine cannot do is an outcome
        return "fails", 0, str(e).strip().splitlines()[0]
    if got == want:
        return "same", len(got), ""
    return "differs", len(got), next((f"{g} instead of {w}" for g, w in zip(got, want) if g != w), f"{len(got)} rows instead of {len(want)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", required=True)
    parser.add_argument("--binary", default="pcaplake")
    parser.add_argument("--queries", required=True, help="folder of the named queries")
    options = parser.parse_args()
    held, outcomes = set((HERE / "spark-queries.txt").read_text().split()), {}
    spark = (SparkSession.builder.appName("pcaplake compare").config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
             .config("spark.sql.timestampType", "TIMESTAMP_NTZ").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")  # what a query cannot do is told below
    with tempfile.TemporaryDirectory() as folder:
        make_views(spark, options, folder)
        for path in sorted(pathlib.Path(options.queries).glob("*.sql")):
            outcomes[path.stem], rows, why = compare(spark, options.binary, options.lake, path)
            print(path.stem, outcomes[path.stem], rows, "held" if path.stem in held else "", why[:160], sep="\t", flush=True)
    spark.stop()
    same = {name for name, outcome in outcomes.items() if outcome == "same"}
    print(f"{len(same)} of {len(outcomes)} queries give the same rows; {len(held)} must")
    for name in sorted(held - same):
        print(f"{name} must give the same rows on Spark", file=sys.stderr)
    return 1 if held - same else 0


if __name__ == "__main__":
    sys.exit(main())
