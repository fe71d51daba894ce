"""The highest point of each class, by DuckDB, of a stream that takes little memory whatever its size."""

import sys

import duckdb

import pyept

points = pyept.open(sys.argv[1]).query(columns=["Z", "Classification"])
print(duckdb.sql("select Classification, count(*) as points, max(Z) as highest from points group by 1 order by 1"))
