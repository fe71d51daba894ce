"""Compares the outputs of one query with each other, as other people's software reads them.

    python columnar.py POINTS.csv POINTS.parquet POINTS.arrow POINTS.ply

The CSV file is the reference. The others are told by their extensions; any may be left out. Read with pyarrow (CSV,
Arrow files and streams, Parquet), GeoPandas and DuckDB (GeoParquet), pyproj (CRS) and plyfile (PLY). All points and
all dimensions are compared, to the last bit. Exits with 1 and a message for each difference.
"""

import json
import re
import sys
from pathlib import Path

import duckdb
import geopandas
import numpy
import plyfile
import pyarrow
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pyproj
import shapely

OURS = ("geometry", "bbox")
PLY_NAMES = {"X": "x", "Y": "y", "Z": "z", "Red": "red", "Green": "green", "Blue": "blue"}

problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)
    return holds


def read_csv(path, schema):
    """The reference, in the types of a schema; bytes are text in hexadecimal digits."""
    text = pyarrow.types.is_fixed_size_binary
    types = {f.name: pyarrow.string() if text(f.type) else f.type for f in schema}
    convert = pyarrow.csv.ConvertOptions(column_types=types, null_values=[""])
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return pyarrow.csv.read_csv(path, parse_options=parse, convert_options=convert)


def same(left, right):
    """Whether two columns are the same; what is not a number is like itself."""
    left, right = (column.combine_chunks() for column in (left, right))
    if pyarrow.types.is_fixed_size_binary(right.type):
        right = pyarrow.array([None if v is None else v.hex() for v in right.to_pylist()], pyarrow.string())
    if not pyarrow.types.is_floating(left.type):
        return left.equals(right)
    if not left.is_null(nan_is_null=False).equals(right.is_null(nan_is_null=False)):
        return False
    left, right = (column.to_numpy(zero_copy_only=False) for column in (left, right))
    return left.dtype == right.dtype and numpy.array_equal(left, right, equal_nan=True)


def compare(name, reference, table):
    """All points and all dimensions of a table with those of the reference."""
    if not check(table.num_rows == reference.num_rows, f"{name}: {table.num_rows} points, not {reference.num_rows}"):
        return
    check(table.column_names == reference.column_names, f"{name}: columns are {table.column_names}")
    for column in set(table.column_names) & set(reference.column_names):
        check(same(reference[column], table[column]), f"{name}: {column} differs")


def read_arrow(path):
    with pyarrow.OSFile(str(path)) as file:
        is_file = file.read(6) == b"ARROW1"
        file.seek(0)
        opened = pyarrow.ipc.open_file(file) if is_file else pyarrow.ipc.open_stream(file)
        return opened.read_all()


def without_geometry(schema):
    return pyarrow.schema([field for field in schema if field.name not in OURS])


def check_row_groups(name, file):
    """The statistics of each row group are those of its rows, and its boxes hold them."""
    for group in range(file.num_row_groups):
        rows = file.read_row_group(group)
        metadata = file.metadata.row_group(group)
        for at in range(metadata.num_columns):
            column = metadata.column(at)
            place = f"{name}: row group {group}, {column.path_in_schema}"
            check(column.compression == "ZSTD", f"{place}: compressed by {column.compression}")
            if "." in column.path_in_schema or column.path_in_schema == "geometry":
                continue
            values = rows[column.path_in_schema]
            if pyarrow.types.is_fixed_size_binary(values.type) or values.null_count == len(values):
                continue
            values = values.drop_null().to_numpy()
            values = values[values == values]
            statistics = column.statistics
            if len(values) and check(statistics is not None, f"{place}: no statistics"):
                found = (statistics.min, statistics.max)
                check(found == (values.min(), values.max()), f"{place}: statistics say {found}")
        boxes = rows["bbox"].combine_chunks()
        for axis in "xy":
            values = rows[axis.upper()].to_numpy()
            low, high = (boxes.field(f"{axis}{end}").to_numpy().astype("f8") for end in ("min", "max"))
            check(((low <= values) & (values <= high)).all(), f"{name}: row group {group}: a box without its point")


def check_crs(name, metadata):
    """The PROJJSON of the file means what its WKT does."""
    column = json.loads(metadata[b"geo"])["columns"]["geometry"]
    check("crs" in column, f"{name}: no crs would mean longitude and latitude")
    text = metadata.get(b"ept:crs", b"").decode()
    if column["crs"] is None:
        print(f"{name}: the CRS is unknown to GeoParquet; the dataset says: {text[:60] or 'nothing'}")
        return None
    # GDAL's extension of WKT 1 tells where the text is from. PROJJSON has no place for it, and PROJ takes it for a difference.
    text = re.sub(r',EXTENSION\["PROJ4","[^"]*"\]', "", text)
    crs, said = pyproj.CRS.from_json(json.dumps(column["crs"])), pyproj.CRS.from_user_input(text)
    # TOWGS84 in WKT 1 makes a system that is bound to WGS 84; PROJJSON has what is bound.
    said = said.source_crs if said.is_bound else said
    check(crs.equals(said, ignore_axis_order=True), f"{name}: the CRS is {crs.name}, not {said.name}")
    check(said.to_epsg() in (None, crs.to_epsg()), f"{name}: the CRS is EPSG:{crs.to_epsg()}, not {said.to_epsg()}")
    return crs


def check_geopandas(name, path, reference, crs):
    frame = geopandas.read_parquet(path)
    check(len(frame) == reference.num_rows, f"{name}: GeoPandas reads {len(frame)} points")
    check(frame.crs == crs, f"{name}: GeoPandas reads the CRS as {frame.crs}")
    if not len(frame):
        return
    found = shapely.get_coordinates(frame.geometry.values, include_z=True)
    points = numpy.column_stack([reference[axis].to_numpy() for axis in "XYZ"])
    check(numpy.array_equal(found, points, equal_nan=True), f"{name}: geometries are not X, Y and Z")
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    low, high = low + (high - low) * 0.4, low + (high - low) * 0.6
    inside = ((points[:, :2] >= low) & (points[:, :2] <= high)).all(axis=1).sum()
    near = geopandas.read_parquet(path, bbox=(*low, *high))
    within = near[(near.X >= low[0]) & (near.X <= high[0]) & (near.Y >= low[1]) & (near.Y <= high[1])]
    check(len(within) == inside, f"{name}: {len(within)} points within a box, not {inside}")


def check_duckdb(name, path, reference):
    rows = duckdb.read_parquet(str(path))
    kinds = dict(zip(rows.columns, map(str, rows.types)))
    check(kinds["geometry"].startswith("GEOMETRY"), f"{name}: DuckDB reads geometry as {kinds['geometry']}")
    found = rows.aggregate("count(*), min(X), max(Z)").fetchall()[0]
    ends = (None, None)
    if reference.num_rows:
        ends = (reference["X"].to_numpy().min(), reference["Z"].to_numpy().max())
    check(found == (reference.num_rows, *ends), f"{name}: DuckDB finds {found}")


def check_parquet(path, reference):
    name = path.name
    file = pyarrow.parquet.ParquetFile(path)
    compare(name, reference, file.read().drop_columns(list(OURS)))
    check_row_groups(name, file)
    geo = json.loads(file.metadata.metadata[b"geo"])
    check(geo["version"] == "1.1.0", f"{name}: version {geo['version']}")
    check(geo["columns"]["geometry"]["geometry_types"] == ["Point Z"], f"{name}: geometry types")
    crs = check_crs(name, file.metadata.metadata)
    check_geopandas(name, path, reference, crs)
    check_duckdb(name, path, reference)


def check_ply(path, reference):
    name = path.name
    data = plyfile.PlyData.read(path)
    points = data["vertex"].data
    if not check(len(points) == reference.num_rows, f"{name}: {len(points)} points, not {reference.num_rows}"):
        return
    names = [PLY_NAMES.get(column, column.replace(" ", "_")) for column in reference.column_names]
    check(list(points.dtype.names) == names, f"{name}: properties are {points.dtype.names}")
    for column, found in zip(reference.column_names, names):
        values = reference[column].to_numpy()
        wide = values.dtype.kind in "iu" and values.dtype.itemsize == 8
        kind = numpy.dtype("f8") if wide else values.dtype
        check(points[found].dtype == kind, f"{name}: {found} is {points[found].dtype}, not {kind}")
        equal = values.dtype.kind == "f"
        check(numpy.array_equal(points[found], values, equal_nan=equal), f"{name}: {found} differs")


def main(paths):
    by_kind = {path.suffix: path for path in map(Path, paths)}
    if ".csv" not in by_kind or not {".parquet", ".arrow"} & set(by_kind):
        sys.exit(__doc__)
    arrow = read_arrow(by_kind[".arrow"]) if ".arrow" in by_kind else None
    if arrow is not None:
        schema = arrow.schema
    else:
        schema = without_geometry(pyarrow.parquet.read_schema(by_kind[".parquet"]))
    reference = read_csv(by_kind[".csv"], schema)
    if arrow is not None:
        compare(by_kind[".arrow"].name, reference, arrow)
    if ".parquet" in by_kind:
        check_parquet(by_kind[".parquet"], reference)
    if ".ply" in by_kind:
        check_ply(by_kind[".ply"], reference)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{reference.num_rows} points with {reference.num_columns} dimensions: {', '.join(sorted(by_kind))} agree")


if __name__ == "__main__":
    main(sys.argv[1:])
