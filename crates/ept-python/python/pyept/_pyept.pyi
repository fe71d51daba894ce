from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypeAlias, final

import dask.dataframe as dd
import geopandas
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
import ray.data

_Path: TypeAlias = str | PathLike[str]
_Location: TypeAlias = _Path | Iterable[_Path]
_Corners: TypeAlias = tuple[float, float, float, float, float, float]
_Size: TypeAlias = float | str
# Text, an EPSG code, or an object with `to_wkt`, such as pyproj.CRS.
_Crs: TypeAlias = Any
# Corners, text, a path, GeoJSON, or a geometry of shapely, geopandas or with `__geo_interface__`.
_Area: TypeAlias = Any
_Edge: TypeAlias = Literal["closed", "half-open"]
_OnError: TypeAlias = Literal["raise", "skip"]
_Compression: TypeAlias = Literal["deflate", "zstd", "lerc", "none"]
_Format: TypeAlias = Literal["csv", "csv.gz", "xyz", "las", "laz", "copc", "ply", "arrow", "parquet"]

__all__ = [
    "Dataset",
    "Query",
    "Schema",
    "Unit",
    "__version__",
    "_unpickled_dataset",
    "_unpickled_query",
    "_unpickled_unit",
    "fetch",
    "find",
    "merge",
    "open",
    "read_units",
    "validate",
]

__version__: str

@final
class Schema:
    @property
    def names(self) -> list[str]: ...
    @property
    def types(self) -> list[tuple[str, str]]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __arrow_c_schema__(self) -> object: ...

@final
class Dataset:
    @property
    def crs(self) -> str | None: ...
    @property
    def bounds(self) -> _Corners: ...
    @property
    def conforming(self) -> _Corners | None: ...
    @property
    def points(self) -> int | None: ...
    @property
    def schema(self) -> Schema: ...
    @property
    def locations(self) -> list[str]: ...
    @property
    def sources(self) -> list[dict[str, Any]]: ...
    def info(self) -> dict[str, Any]: ...
    def nodes(self) -> pa.Table: ...
    def query(
        self,
        bounds: _Area | None = None,
        *,
        crs: _Crs | None = None,
        buffer: str | None = None,
        edge: _Edge = "closed",
        resolution: _Size | None = None,
        depth: int | None = None,
        where: str | None = None,
        columns: Sequence[str] | None = None,
        origin: str | int | None = None,
        out_crs: _Crs | None = None,
        thin: _Size | None = None,
        thin_3d: _Size | None = None,
        max_points: int | None = None,
        limit: int | None = None,
        hag: bool | Sequence[int] | _Path | None = None,
        source_id: str | None = None,
        geometry: Literal["geoarrow"] | None = None,
        on_error: _OnError = "raise",
    ) -> Query: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[str]]: ...

@final
class Query:
    @property
    def dataset(self) -> Dataset: ...
    @property
    def report(self) -> dict[str, Any] | None: ...
    def plan(self) -> dict[str, Any]: ...
    def to_arrow(self, *, progress: bool = False) -> pa.Table: ...
    def batches(self) -> pa.RecordBatchReader: ...
    def to_numpy(self, *, progress: bool = False) -> dict[str, npt.NDArray[Any]]: ...
    def to_pandas(self, *, progress: bool = False) -> pd.DataFrame: ...
    def to_polars(self, *, progress: bool = False) -> pl.DataFrame: ...
    def to_geopandas(self, *, progress: bool = False) -> geopandas.GeoDataFrame: ...
    def units(self, n: int, *, halo: _Size | None = None) -> list[Unit]: ...
    def to_dask(self, n: int, *, halo: _Size | None = None) -> dd.DataFrame: ...
    def to_ray(self, n: int, *, halo: _Size | None = None) -> ray.data.Dataset: ...
    def stats(self, *, progress: bool = False) -> dict[str, Any]: ...
    def write(
        self,
        path: _Path,
        *,
        format: _Format | None = None,
        precision: int | None = None,
        overwrite: bool = True,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def dtm(
        self,
        path: _Path,
        *,
        resolution: _Size = "1m",
        method: Literal["tin", "min", "mean", "idw", "median"] = "tin",
        classes: Sequence[int] | None = None,
        ground: Literal["smrf"] | None = None,
        kernel: str | None = None,
        outlier: str | None = None,
        max_edge: str | None = None,
        fill: str = "none",
        align: tuple[float, float] = (0.0, 0.0),
        like: _Path | None = None,
        out_crs: _Crs | None = None,
        compress: _Compression = "deflate",
        mask: _Path | None = None,
        distance: _Path | None = None,
        hillshade: _Path | None = None,
        preview: bool = False,
        biased: bool = False,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def dsm(
        self,
        path: _Path,
        *,
        resolution: _Size = "1m",
        method: Literal["max", "tin", "mean", "idw", "median"] = "max",
        kernel: str | None = None,
        outlier: str | None = None,
        max_edge: str | None = None,
        fill: str = "none",
        align: tuple[float, float] = (0.0, 0.0),
        like: _Path | None = None,
        out_crs: _Crs | None = None,
        compress: _Compression = "deflate",
        mask: _Path | None = None,
        distance: _Path | None = None,
        hillshade: _Path | None = None,
        preview: bool = False,
        biased: bool = False,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def chm(
        self,
        path: _Path,
        *,
        resolution: _Size = "1m",
        classes: Sequence[int] | None = None,
        dtm: _Path | None = None,
        kernel: str | None = None,
        outlier: str | None = None,
        max_edge: str | None = None,
        fill: str = "none",
        align: tuple[float, float] = (0.0, 0.0),
        like: _Path | None = None,
        out_crs: _Crs | None = None,
        compress: _Compression = "deflate",
        mask: _Path | None = None,
        distance: _Path | None = None,
        hillshade: _Path | None = None,
        preview: bool = False,
        biased: bool = False,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def raster(
        self,
        path: _Path,
        *,
        stat: Sequence[str] = ["mean"],
        value: str = "Z",
        resolution: _Size = "1m",
        kernel: str = "cell",
        align: tuple[float, float] = (0.0, 0.0),
        like: _Path | None = None,
        out_crs: _Crs | None = None,
        compress: _Compression = "deflate",
        mask: _Path | None = None,
        distance: _Path | None = None,
        preview: bool = False,
        biased: bool = False,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def picture(
        self,
        path: _Path,
        *,
        size: tuple[int, int] = (1200, 800),
        from_: Literal["top", "3d"] | tuple[float, float] = "top",
        color: Literal["rgb", "height", "intensity", "class", "return", "source", "time"] | None = None,
        legend: bool = False,
        nodes: bool = False,
        progress: bool = False,
    ) -> dict[str, Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[Dataset, str, str]]: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Unit:
    @classmethod
    def from_json(cls, line: str) -> Unit: ...
    @property
    def index(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def job(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def locations(self) -> list[str]: ...
    @property
    def query(self) -> dict[str, Any]: ...
    @property
    def report(self) -> dict[str, Any] | None: ...
    def with_options(
        self,
        *,
        threads: int | None = None,
        storage_options: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        retries: int | None = None,
        timeout: _Size | None = None,
        columns: Sequence[str] | None = None,
        drop_halo: bool | None = None,
        on_error: _OnError | None = None,
    ) -> Unit: ...
    def to_arrow(self, *, progress: bool = False) -> pa.Table: ...
    def batches(self) -> pa.RecordBatchReader: ...
    def to_numpy(self, *, progress: bool = False) -> dict[str, npt.NDArray[Any]]: ...
    def to_pandas(self, *, progress: bool = False) -> pd.DataFrame: ...
    def to_polars(self, *, progress: bool = False) -> pl.DataFrame: ...
    def to_geopandas(self, *, progress: bool = False) -> geopandas.GeoDataFrame: ...
    def write(self, folder: _Path, *, format: _Format | None = None, progress: bool = False) -> dict[str, Any]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, tuple[str, str, str]]: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

def open(
    location: _Location,
    *,
    storage_options: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    threads: int | None = None,
    requests: int | None = None,
    memory: int | None = None,
    retries: int | None = None,
    timeout: _Size | None = None,
    cache: _Path | None = None,
    cache_size: int | None = None,
    offline: bool = False,
    override_crs: _Crs | None = None,
    vertical_as_is: bool = False,
    addons: Mapping[str, str] | None = None,
    url_field: str | None = None,
    url_template: str | None = None,
    base: str | None = None,
    index_crs: _Crs | None = None,
) -> Dataset: ...
def find(
    area: _Area,
    *,
    crs: _Crs | None = None,
    buffer: str | None = None,
    sources: Sequence[str] = ["opentopography"],
    headers: Mapping[str, str] | None = None,
    retries: int | None = None,
    timeout: _Size | None = None,
    cache: _Path | None = None,
    cache_size: int | None = None,
    offline: bool = False,
) -> dict[str, Any]: ...
def fetch(
    location: _Path,
    folder: _Path,
    *,
    bounds: _Area | None = None,
    crs: _Crs | None = None,
    buffer: str | None = None,
    jobs: int = 4,
    verify: bool = False,
    storage_options: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    retries: int | None = None,
    timeout: _Size | None = None,
    cache: _Path | None = None,
    cache_size: int | None = None,
    offline: bool = False,
    url_field: str | None = None,
    url_template: str | None = None,
    base: str | None = None,
    index_crs: _Crs | None = None,
    progress: bool = False,
) -> dict[str, Any]: ...
def validate(
    location: _Path,
    *,
    deep: bool = False,
    storage_options: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    threads: int | None = None,
    requests: int | None = None,
    retries: int | None = None,
    timeout: _Size | None = None,
) -> dict[str, Any]: ...
def read_units(path: _Path) -> list[Unit]: ...
def merge(folder: _Path, path: _Path, *, overwrite: bool = True, progress: bool = False) -> dict[str, Any]: ...
def _unpickled_dataset(settings: str) -> Dataset: ...
def _unpickled_query(dataset: Dataset, query: str, extras: str) -> Query: ...
def _unpickled_unit(unit: str, settings: str, options: str) -> Unit: ...
