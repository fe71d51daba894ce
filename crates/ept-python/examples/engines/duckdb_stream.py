"""Points of the ground, counted by DuckDB in a stream that takes little memory whatever its size."""

import sys

import duckdb

import pyept

points = pyept.open(sys.argv[1]).query(columns=["Classification"])
print(duckdb.execute("select count(*) from points where Classification = 2").fetchall()[0][0])
