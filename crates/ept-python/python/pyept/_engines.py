"""Work units as data frames of engines, which are imported when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pyept._pyept import Unit


def dask_frame(units: list[Unit]) -> Any:
    """The points of units as a ``dask.dataframe``."""
    import dask.dataframe as dd
    import pyarrow as pa

    schema = pa.schema(units[0])
    meta = schema.empty_table().to_pandas().drop(columns="geometry", errors="ignore")
    return dd.from_map(partition, units, columns=list(meta.columns), meta=meta, label="pyept")


def partition(unit: Unit, columns: list[str]) -> pd.DataFrame:
    """A partition. Dask names the columns it needs, which may be none."""
    wanted = columns if "X" in columns else [*columns, "X"]
    return unit.with_options(columns=wanted).to_pandas()[columns]


def ray_dataset(units: list[Unit]) -> Any:
    """The points of units as a ``ray.data.Dataset``."""
    import ray.data

    items = ray.data.from_items([{"unit": unit} for unit in units], override_num_blocks=len(units))
    return items.map_batches(block, batch_size=1, batch_format="numpy")


def block(batch: dict[str, Any]) -> Any:
    """The points of the only unit of a batch, as an Arrow table."""
    unit: Unit = batch["unit"][0]
    return unit.to_arrow()
