"""Points of the ground, counted by DuckDB and by Polars in GeoParquet that processes wrote, a file for each unit."""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from tempfile import mkdtemp

import duckdb
import polars

import pyept

if __name__ == "__main__":
    units = pyept.open(sys.argv[1]).query().units(16)
    folder = mkdtemp()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(partial(pyept.Unit.write, folder=folder, format="parquet"), units))
    parts = f"{folder}/*.parquet"
    ground = polars.scan_parquet(parts).filter(polars.col("Classification") == 2).select(polars.len()).collect().item()
    counted = duckdb.execute(f"select count(*) from '{parts}' where Classification = 2").fetchall()
    assert counted == [(ground,)]
    print(ground)
