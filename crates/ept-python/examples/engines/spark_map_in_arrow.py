"""Points of the ground, counted by Spark: a frame of units becomes a frame of points."""

import pickle
import sys
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]

import pyept

SCHEMA = pa.schema([("Z", pa.float64()), ("Classification", pa.int16())])


def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for unit in (pickle.loads(one.as_py()) for batch in batches for one in batch["unit"]):
        # Spark has no unsigned types.
        yield from (points.cast(SCHEMA) for points in unit.batches())


spark = SparkSession.builder.getOrCreate()
units = pyept.open(sys.argv[1]).query(columns=["Z", "Classification"]).units(16)
frame = spark.createDataFrame([(bytearray(pickle.dumps(unit)),) for unit in units], "unit binary").repartition(16)
print(frame.mapInArrow(read, "Z double, Classification short").where("Classification = 2").count())
