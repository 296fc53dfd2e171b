"""Calls of pcaplake's own functions from the processes in which Spark runs Python: one running `pcaplake functions --serve` for each, and a cache before it."""

import atexit
import functools
import json
import os
import subprocess

CACHED = 1 << 16  # values of a function that a process keeps

_running = {}


def _program(command):
    """The running program of a command, which is started at the first call in a process."""
    key = (os.getpid(), command)
    if key not in _running:
        _running[key] = subprocess.Popen(_found(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(_running[key].stdin.close)
    return _running[key]


def _found(command):
    """The command, with the program and files that Spark brought to this machine in the place of those that are not here."""
    from pyspark import SparkFiles

    def place(word):
        shipped = SparkFiles.get(os.path.basename(word)) if "/" in word else ""
        return shipped if shipped and not os.path.exists(word) and os.path.exists(shipped) else word
    return [place(word) for word in command]


@functools.lru_cache(maxsize=CACHED)
def _value(command, name, arguments):
    program = _program(command)
    program.stdin.write(json.dumps([name, *arguments]).encode() + b"\n")
    program.stdin.flush()
    line = program.stdout.readline()
    if not line:
        raise RuntimeError(f"pcaplake ended in a call of {name}")
    value = json.loads(line)
    if isinstance(value, dict):
        raise ValueError(f"{name}: {value['error']}")
    return value


def caller(command, name, result):
    """A function of Python that calls one of the program's, of a type of DuckDB's; None among the arguments makes None."""
    def call(*arguments):
        if None in arguments:
            return None
        value = _value(command, name, tuple(a.hex() if isinstance(a, (bytes, bytearray)) else a for a in arguments))
        return float(value) if result == "DOUBLE" and value is not None else value  # Spark makes NULL of a whole number there
    return call


def number_text(form, value):
    """A DOUBLE as C's printf writes it; Java rounds its decimal text."""
    return None if form is None or value is None else form % value
