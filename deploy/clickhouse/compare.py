#!/usr/bin/env python3
"""Reads a lake with ClickHouse (chDB, its engine as a Python module) by the views of `pcaplake schema --engine clickhouse`, and holds it against pcaplake (DuckDB).

    compare.py --lake DIR --binary bin/pcaplake

Of every column of every table that has files, both engines count the values that are present and add them up: numbers, times in microseconds, lengths of texts and bytes.
Exit status: 0; 1 when a table differs.
"""

import argparse
import json
import subprocess
import sys

from chdb import session

# What a column adds up to, by the type that ClickHouse has: in its SQL and in DuckDB's.
SUMS = {
    "String": ("sum(toInt128(length({0})))", "sum(strlen({0}))"),
    "Bool": ("sum(toInt128({0}))", "sum(CAST({0} AS INTEGER))"),
    "Int32": ("sum(toInt128({0}))", "sum({0})"),
    "Int64": ("sum(toInt128({0}))", "sum({0})"),
    "DateTime64": ("sum(toInt128(toUnixTimestamp64Micro({0})))", "sum(epoch_us({0}))"),
    "Float64": ("max({0})", "max({0})"),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lake", required=True)
    parser.add_argument("--binary", required=True)
    options = parser.parse_args()

    def pcaplake(*args):
        return subprocess.run([options.binary, "--lake", options.lake, *args], stdout=subprocess.PIPE, text=True, check=True).stdout

    clickhouse = session.Session()

    def ask(sql):
        text = str(clickhouse.query(sql, "JSONEachRow"))
        return [json.loads(line) for line in text.splitlines()]

    for statement in pcaplake("schema", "--engine", "clickhouse").split(";\n"):
        if statement.strip():
            clickhouse.query(statement)
    different, values = [], 0
    tables = sorted({row["table"] for row in map(json.loads, pcaplake("files", "-f", "ndjson").splitlines())})
    for table in tables:
        theirs, ours = ["count(*) AS n"], ["count(*) AS n"]
        for column in ask(f"DESCRIBE TABLE `{table}`"):
            name, kind = column["name"], column["type"].removeprefix("Nullable(").split("(")[0].rstrip(")")
            binary = kind == "String" and (table, name) == ("payloads", "payload")  # bytes, which ClickHouse has as String
            for at, (into, count) in enumerate(((theirs, f"count(`{name}`)"), (ours, f'count("{name}")'))):
                quoted = (f"`{name}`", f'"{name}"')[at]
                total = SUMS[kind][at].format(quoted)
                if binary and at == 1:
                    total = f"sum(octet_length({quoted}))"
                into += [f"{count} AS n_{name}", f"{total} AS s_{name}"]
        got = ask(f"SELECT {', '.join(theirs)} FROM `{table}`")[0]
        want = json.loads(pcaplake("query", f"SELECT {', '.join(ours)} FROM {table}", "-f", "json"))[0]
        for key, value in want.items():
            values += 1
            # An empty sum is NULL in DuckDB and 0 or NULL in ClickHouse; integers of 128 bits are texts in JSON there.
            if float(got[key] or 0) != float(value or 0):
                different.append(f"{table}: {key}: {got[key]}, in DuckDB {value}")
    for line in different:
        print(line, file=sys.stderr)
    print(f"ClickHouse: {len(tables)} tables, {values} sums, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
