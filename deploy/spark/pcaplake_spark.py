"""A lake of pcaplake in a Spark session: its tables, views and functions, for spark.sql, and its named queries.

    import pcaplake_spark
    lake = pcaplake_spark.open(spark, "s3://traffic/lake", binary="/usr/bin/pcaplake")
    spark.sql("SELECT ip_scope(src_ip), count(*) FROM flows GROUP BY 1").show()
    lake.query("beacon", min_events=20).show()
    lake.sql("FROM conversations SEMI JOIN hosts ON address = src_ip").show()  -- in DuckDB's SQL

Spark reads the Parquet files itself. The program tells which are live, and what its macros, views and queries are; Spark's workers call it for the functions that SQL cannot
say, so it must run on their machines (ship=True sends it there). The time zone of the session becomes UTC. Needs Spark 4.0 and sqlglot.
"""

import graphlib
import json
import os
import pathlib
import re
import subprocess
import tempfile

from pyspark.sql.types import StructType

import pcaplake_calls
import pcaplake_sql

HERE = pathlib.Path(__file__).parent


class Lake:
    """A lake in a session. Its functions and views are temporary: another lake opened in the same session takes their place."""

    def __init__(self, spark, root, binary, options):
        self.spark, self.binary, self.root, self.options = spark, binary, root, options
        self.definitions = json.loads(self._run("functions", *options))
        self.queries = {q["name"]: q for q in self.definitions["queries"]}
        self._views = {v["name"] for v in self.definitions["views"]}

    def _run(self, *arguments):
        return subprocess.run([self.binary, "--lake", self.root, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout

    def rows(self, *arguments):
        """What the program answers to a command, a dict for each row."""
        return [json.loads(line) for line in self._run(*arguments, "-f", "ndjson").splitlines()]

    def sql(self, text, **values):
        """A statement of DuckDB's SQL as a DataFrame; values are those of its parameters, $name in the text."""
        return self._answer("sql", text, {name: pcaplake_sql.literal(v, _kind(v)) for name, v in values.items()})

    def query(self, name, **values):
        """A named query or detector as a DataFrame, with its defaults for parameters that are not given."""
        q = self.queries[name]
        params = {p["name"]: p for p in q.get("params") or []}
        if unknown := set(values) - set(params):
            raise KeyError(f"query {name} has no parameter {', '.join(sorted(unknown))}")
        return self._answer(name, q["sql"], {n: pcaplake_sql.literal(values.get(n, p["default"]), p["type"]) for n, p in params.items()})

    def hold(self, *names):
        """Keeps the rows of these tables and views, which are computed once, for all statements that come."""
        for name in names:
            _kept(self.spark.table(name)).createOrReplaceTempView(name)

    def _answer(self, name, text, values):
        frames = []
        for step, sql, kept in pcaplake_sql.steps(text, values, self._views, "_" + name.replace("-", "_") + "_"):
            frame = self.spark.sql(sql)
            if step is None:
                break
            (_kept(frame) if kept else frame).createOrReplaceTempView(step)
            frames.append(step)
        for step in frames:
            self.spark.catalog.dropTempView(step)
        return frame

    def _tables(self):
        files = {}
        for f in self.rows("files"):
            files.setdefault(f["table"], []).append(f["path"].replace("s3://", "s3a://"))
        for table in self.definitions["tables"]:
            shape = StructType.fromDDL(", ".join(f"`{c['name']}` {pcaplake_sql.TYPES[c['type']]}" for c in table["columns"]))
            paths = files.get(table["files"])
            frame = self.spark.read.schema(shape).parquet(*paths) if paths else self.spark.createDataFrame([], shape)
            if table["where"]:
                frame = frame.where(pcaplake_sql.to_spark("SELECT 1" + table["where"]).partition(" WHERE ")[2])
            frame.createOrReplaceTempView(table["name"])
        with tempfile.TemporaryDirectory() as folder:  # small ones, that the program makes of manifests
            for name in "captures", "capture_order", "enrichment":
                path = os.path.join(folder, name + ".parquet")
                self._run("query", *self.options, "-f", "parquet", "-o", path, "SELECT * FROM " + name)
                frame = self.spark.read.parquet(path)
                frame = self.spark.createDataFrame(frame.collect(), frame.schema)
                nested = {c["name"]: pcaplake_sql.nested(c["type"]) for c in self.definitions["captures"]} if name == "captures" else {}
                columns = [f"from_json(`{c}`, '{nested[c]}') AS `{c}`" if nested.get(c) else f"`{c}`" for c in frame.columns]
                frame.selectExpr(*columns).createOrReplaceTempView(name)

    def _functions(self, command):
        register = self.spark.udf.register
        for f in self.definitions["functions"]:
            register(f["name"], pcaplake_calls.caller(command, f["name"], f["result"]), pcaplake_sql.TYPES[f["result"]])
        register("number_text", pcaplake_calls.number_text, "STRING")

    def _views_and_macros(self):
        """What is made of others, these first."""
        statements = {v["name"]: f"CREATE OR REPLACE TEMPORARY VIEW `{v['name']}` AS {pcaplake_sql.to_spark(v['sql'])}" for v in self.definitions["views"]}
        views, macros = set(statements), pcaplake_sql.macros(self.definitions["macros"])
        for head in pcaplake_sql.statements((HERE / "macros.sql").read_text()):
            name = head.partition("(")[0].split()[-1]
            if not re.search(r"\bRETURN\b", head):
                head += " RETURN " + pcaplake_sql.to_spark("SELECT " + macros[name][1])[len("SELECT "):]
            statements[name] = head
        if missing := set(macros) - set(statements):
            raise NotImplementedError("macros.sql has not: " + ", ".join(sorted(missing)))
        reads = {name: {other for other in statements if other != name and re.search(rf"\b{other}\b" + ("" if other in views else r"\("), text, re.I)}
                 for name, text in statements.items()}
        for name in graphlib.TopologicalSorter(reads).static_order():
            self.spark.sql(statements[name])


def _kept(frame):
    """The frame with its rows computed once, when they are needed."""
    return frame.localCheckpoint(eager=False)


def _kind(value):
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}.get(type(value), "VARCHAR")


def open(spark, lake, binary="pcaplake", start=None, end=None, sensors=(), networks=None, geoip=(), ship=False):
    """Makes the tables, views and functions of a lake in the session, and returns it as a Lake. start, end and sensors narrow it as --from, --to and --sensor of the program
    do, in texts of their form. networks and geoip are files as of its flags; with ship=True they and the program go to the workers' machines, else they are there under the
    same names."""
    files = [f for f in [networks, *geoip] if f]
    known = (["--networks", networks] if networks else []) + [word for g in geoip for word in ("--geoip", g)]
    options = [*known, *(["--from", start] if start else []), *(["--to", end] if end else []), *[word for s in sensors for word in ("--sensor", s)]]
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    opened = Lake(spark, lake, binary, options)
    spark.sparkContext.addPyFile(pcaplake_calls.__file__)
    for f in [binary, *files] if ship else []:
        spark.sparkContext.addFile(f)
    opened._tables()
    opened._functions((binary, "functions", "--serve", *(["--pseudonyms"] if opened.definitions["pseudonyms"] else []), *known))
    opened._views_and_macros()
    return opened
