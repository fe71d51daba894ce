"""Points of the ground, counted by Spark, for which EPT is a format like any other."""

import sys
from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import SparkSession, datasource  # pyright: ignore[reportMissingImports]

import pyept


class Ept(datasource.DataSource, datasource.DataSourceReader):
    def schema(self) -> str:
        return "Z double, Classification short"
    def reader(self, schema: object) -> "Ept":
        return self
    def partitions(self) -> list[datasource.InputPartition]:
        units = pyept.open(self.options["path"]).query(columns=["Z", "Classification"]).units(16)
        return [datasource.InputPartition(unit) for unit in units]
    def read(self, partition: datasource.InputPartition) -> Iterator[pa.RecordBatch]:
        types = pa.schema([("Z", pa.float64()), ("Classification", pa.int16())])
        return (points.cast(types) for points in partition.value.batches())
spark = SparkSession.builder.getOrCreate()
spark.dataSource.register(Ept)
print(spark.read.format("Ept").load(sys.argv[1]).where("Classification = 2").count())
