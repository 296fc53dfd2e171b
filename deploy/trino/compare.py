#!/usr/bin/env python3
"""Reads a lake with Trino and holds it against pcaplake (DuckDB).

    compare.py --lake DIR --binary bin/pcaplake --server http://127.0.0.1:8080 [--hive CATALOG] [--iceberg CATALOG]

--hive is a catalog of Trino's Hive connector, which is told of the lake by `pcaplake schema --engine trino` and read from the lake's folders; --iceberg one of tables that
`pcaplake publish iceberg` has set. Of every column of every table that has files, both engines count the values that are present and add up the first 32 bits of the MD5 of
each, as text or bytes; of whole rows likewise; times are microseconds. Of floating point numbers smallest and largest must be equal. Needs the package trino of PyPI.
Exit status: 0; 1 when a table differs.
"""

import argparse
import json
import subprocess
import sys
from urllib.parse import urlsplit

import trino

# A value as text or bytes, by its type: in Trino's SQL and in DuckDB's.
TEXTS = {
    "varchar": ("to_utf8({0})", "{0}"),
    "varbinary": ("{0}", "{0}"),
    "boolean": ("to_utf8(CAST({0} AS varchar))", "CAST({0} AS VARCHAR)"),
    "integer": ("to_utf8(CAST({0} AS varchar))", "CAST({0} AS VARCHAR)"),
    "bigint": ("to_utf8(CAST({0} AS varchar))", "CAST({0} AS VARCHAR)"),
    "timestamp(6)": (
        "to_utf8(CAST(CAST(round(to_unixtime(with_timezone({0}, 'UTC')) * 1e6) AS bigint) AS varchar))",
        "CAST(epoch_us({0}) AS VARCHAR)",
    ),
}
SUMS = (
    "sum(from_base(substr(to_hex(md5({0})), 1, 8), 16))",
    "sum(CAST('0x' || substr(md5({0}), 1, 8) AS BIGINT))",
)
TRINO, DUCKDB = range(2)


def measures(columns, engine):
    """What is asked of a table: names and expressions, the columns by name and type."""
    asked, whole = [("rows", "count(*)")], []
    for name, kind in columns:
        quoted = f'"{name}"'
        asked.append((f"{name}: values", f"count({quoted})"))
        if kind == "double":
            asked += [(f"{name}: smallest", f"min({quoted})"), (f"{name}: largest", f"max({quoted})")]
            continue
        text = TEXTS[kind][engine].format(quoted)
        asked.append((f"{name}: sum", SUMS[engine].format(text)))
        hashed = (f"to_hex(md5({text}))", f"upper(md5({text}))")[engine]
        whole.append(f"coalesce({hashed}, '-')")
    row = "concat(" + ", ".join(whole) + ")" if engine == TRINO else " || ".join(whole)
    asked.append(("rows: sum", SUMS[engine].format(f"to_utf8({row})" if engine == TRINO else row)))
    return asked


def main():
    parser = argparse.ArgumentParser()
    for name in ("lake", "binary", "server"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--hive", action="append", default=[])
    parser.add_argument("--iceberg", action="append", default=[])
    options = parser.parse_args()
    at = urlsplit(options.server)

    def pcaplake(*args):
        return subprocess.run([options.binary, "--lake", options.lake, *args], stdout=subprocess.PIPE, text=True, check=True).stdout

    def catalog(name):
        cursor = trino.dbapi.connect(host=at.hostname, port=at.port, http_scheme=at.scheme, user="pcaplake", catalog=name).cursor()
        return lambda sql: cursor.execute(sql).fetchall()

    tables = sorted({row["table"] for row in map(json.loads, pcaplake("files", "-f", "ndjson").splitlines())})
    statements = "".join(line for line in pcaplake("schema", "--engine", "trino").splitlines(True) if not line.startswith("--")).split(";\n")
    answers, different = {}, 0  # answers of DuckDB, by table and columns

    def hold(name):
        """Compares all tables of a catalog, and says what came of it."""
        nonlocal different
        ask, values, wrong = catalog(name), 0, []
        for table in tables:
            rows = ask(f"SELECT column_name, data_type FROM {name}.information_schema.columns WHERE table_schema = 'pcaplake' AND table_name = '{table}'")
            columns = tuple(sorted((column, kind) for column, kind in rows if column != "date"))  # the day is only in the folder's name
            if (table, columns) not in answers:
                sql = f"SELECT {', '.join(sql for _, sql in measures(columns, DUCKDB))} FROM {table}"
                answers[table, columns] = list(json.loads(pcaplake("query", sql, "-f", "json"))[0].values())
            asked = measures(columns, TRINO)
            got = ask(f"SELECT {', '.join(sql for _, sql in asked)} FROM pcaplake.{table}")[0]
            for (what, _), theirs, ours in zip(asked, got, answers[table, columns], strict=True):
                values += 1
                if theirs != (float(ours) if isinstance(theirs, float) else None if ours is None else int(ours)):
                    wrong.append(f"{name}.{table}, {what}: {theirs}, in DuckDB {ours}")
        for line in wrong:
            print(line, file=sys.stderr)
        print(f"Trino, {name}: {len(tables)} tables, {values} values, {len(wrong)} differ")
        different += len(wrong)

    for name in options.hive:
        for statement in filter(str.strip, statements):
            catalog(name)(statement)
        hold(name)
    for name in options.iceberg:
        hold(name)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
