#!/usr/bin/env python3
"""Ingests an archive of captures on Spark: each task does a shard of a plan with the pcaplake binary, which must be on every worker.

    spark-submit ingest.py --lake s3://lakes/night s3://archive/2026-11-22/

Tasks may run twice, die, or be speculative: a capture is committed once, and publish waits for all shards. What the binary needs, such as AWS_ENDPOINT_URL and
credentials, is taken from the environment of the workers.
"""

import argparse
import json
import shlex
import subprocess
import sys

from pyspark.sql import SparkSession


def last_line(args):
    """Runs pcaplake here and returns its summary; ends with its exit status when it fails."""
    done = subprocess.run(args, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    if done.returncode not in (0, 3) or not lines:
        sys.exit(done.returncode or 1)
    return json.loads(lines[-1]), done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", help="captures, by URLs or by paths that are the same on all machines")
    parser.add_argument("--lake", required=True)
    parser.add_argument("--binary", default="pcaplake", help="the program, on all machines")
    parser.add_argument("--max-shards", type=int, default=1000)
    parser.add_argument("--target", default="2GiB", help="bytes of captures in a shard")
    parser.add_argument("--plan-option", action="append", default=[], help="passed to plan, such as --plan-option=--sensor=dmz; may be repeated")
    options = parser.parse_args()

    pcaplake = [options.binary, "--lake", options.lake]
    plan, _ = last_line(pcaplake + ["plan", "--max-shards", str(options.max_shards), "--target", options.target, *options.plan_option, *options.sources])
    print(json.dumps(plan), flush=True)
    if not plan["shards"]:
        return 0
    spark = SparkSession.builder.appName("pcaplake ingest " + plan["plan"][:12]).getOrCreate()
    command = shlex.join(pcaplake + ["ingest", "--jobs", "1", "--plan", plan["plan"], "--shard", "-"])
    # checkCode: by default pipe() takes the task of a program that failed for done.
    summaries = spark.sparkContext.parallelize(range(plan["shards"]), plan["shards"]).pipe(command, checkCode=True).collect()
    spark.stop()
    for line in summaries:
        print(line)
    published, status = last_line(pcaplake + ["publish", "--plan", plan["plan"]])
    print(json.dumps(published))
    return status


if __name__ == "__main__":
    sys.exit(main())
