#!/usr/bin/env python3
"""Runs every named query and detector on Spark SQL over a lake, and holds the answers against those of pcaplake (DuckDB).

    spark-submit compare.py --lake DIR --binary bin/pcaplake [--from TIME] [NAME…]

Before them go the texts of scalars/, which call the functions and macros with odd values. For each it prints the name, what came of it (same, differs or fails), how many rows,
how many seconds on Spark, and the first difference. exceptions.txt names those that need not agree, with the reason. Exit status: 0; 1 when another one differs, or one of these
agrees.
"""

import argparse
import datetime
import decimal
import json
import pathlib
import re
import sys
import time

from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import pcaplake_spark  # noqa: E402


def plain(value):
    """A value as both engines say it: floats to nine digits, times as text, JSON by what it holds."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, decimal.Decimal)):
        whole = float(value).is_integer() and abs(value) <= 1 << 53  # as JSON may write a float, too
        return int(value) if whole else float(f"{float(value):.9g}")
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if hasattr(value, "asDict"):
        return plain(value.asDict())
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def plain_text(text):
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text):
        whole, _, part = text[:-1].partition(".")
        return f"{whole}.{part.ljust(6, '0')}Z"
    if text.startswith("{"):
        try:
            return list(plain(json.loads(text)).items())  # in its order
        except ValueError:
            return text
    return text


def difference(got, want, columns):
    """The first difference of two answers; "" when they are the same."""
    for n, (g, w) in enumerate(zip(got, want)):
        if g != w:
            return f"row {n}: " + "; ".join(f"{c} {a!r} instead of {b!r}" for c, a, b in zip(columns, g, w) if a != b)
    return "" if len(got) == len(want) else f"{len(got)} rows instead of {len(want)}"


def compare(lake, name):
    """Runs one query on both: "same", "differs" or "fails", the number of rows, the seconds that Spark took, and why."""
    scalar = name.startswith("scalars/") and (HERE / f"{name}.sql").read_text()
    started = time.monotonic()
    try:
        frame = lake.sql(scalar) if scalar else lake.query(name)
        got = [[plain(v) for v in row] for row in frame.collect()]
    except Exception as e:  # whatever Spark cannot do is an outcome
        return "fails", 0, time.monotonic() - started, " ".join(str(e).split())
    seconds = time.monotonic() - started
    every = ["--param", "top=1000000"] if not scalar and lake.queries[name].get("others") else []  # pcaplake adds up what is beyond the limit
    want = [[plain(v) for v in row.values()] for row in lake.rows("query", scalar or name, *lake.options, *every)]
    why = difference(got, want, frame.columns)
    return "differs" if why else "same", len(want), seconds, why


def exceptions():
    """The names in exceptions.txt, a reason behind each."""
    lines = [line.split(None, 1) for line in (HERE / "exceptions.txt").read_text().splitlines() if line and not line.startswith("#")]
    return dict(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lake", required=True)
    parser.add_argument("--binary", default="pcaplake")
    parser.add_argument("--from", dest="start", help="as of pcaplake query: what lies before is the past, which nothing but detectors of what is new read")
    parser.add_argument("names", nargs="*", help="queries; all when none is named")
    options = parser.parse_args()
    spark = (SparkSession.builder.appName("pcaplake compare").config("spark.sql.shuffle.partitions", "2").config("spark.sql.adaptive.enabled", "false").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")  # what a query cannot do is told below
    lake, known, wrong, same, empty = pcaplake_spark.open(spark, options.lake, options.binary, start=options.start), exceptions(), [], 0, []
    lake.hold("flows", "packets", "begun", "contacts", "exchanges", "attempts", "missed_targets", "conversation_links", "conversations", "resolutions", "hosts")
    names = options.names or sorted(f"scalars/{path.stem}" for path in (HERE / "scalars").glob("*.sql")) + sorted(lake.queries)
    for name in names:
        outcome, rows, seconds, why = compare(lake, name)
        print(name, outcome, rows, f"{seconds:.1f} s", why[:300], sep="\t", flush=True)
        same += outcome == "same" and name in lake.queries
        if outcome == "same" and rows == 0:
            empty.append(name)
        if (outcome == "same") == (name in known):
            wrong.append(name)
    spark.stop()
    if empty:
        print("without rows: " + ", ".join(empty))
    print(f"{same} of {len(set(names) & set(lake.queries))} queries and detectors give the same rows on Spark, {len(empty)} of them none")
    for name in wrong:
        print(f"{name} {'agrees: take it off exceptions.txt' if name in known else 'must give the same rows on Spark'}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
