"""Reads tile indexes as other people's software does, and writes some with what `ept tiles` must find in them.

    python index.py FOLDER SAMPLES

The folder has `truth.json` (location, bounds and points of each tile, in EPSG:26915) and the same as `ours.vpc`, `ours.geojson`
and `ours.zip`. GeoPandas reads them, with GDAL below it; the VPC is also read by the rules of PDAL wrench (`vpc.cpp`). Then it
writes indexes of the same tiles in several systems, and `queries.json`: areas with the tiles that Shapely finds in them, and boxes
with those that GDAL finds in the indexes of the folder SAMPLES. Exits
with 1 and a message for each difference.
"""

import json
import random
import sys
import zipfile
from pathlib import Path

import geopandas
import pyproj
import shapely

NATIVE = "EPSG:26915"
problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)
    return holds


def flat(bounds):
    return [bounds[0], bounds[1], bounds[3], bounds[4]]


def check_shapefile(path, truth):
    frame = geopandas.read_file(path)
    check(pyproj.CRS(frame.crs).to_epsg(min_confidence=20) == 26915, f"{path}: its CRS is {frame.crs}")
    check(list(frame["URL"]) == [row["location"] for row in truth], f"{path}: URL differs")
    check(list(frame["Filename"]) == [row["location"].rsplit("/")[-1] for row in truth], f"{path}: Filename differs")
    corners = frame[["MinX", "MinY", "MaxX", "MaxY"]].values.tolist()
    check(corners == [flat(row["bounds"]) for row in truth], f"{path}: the corners differ")
    check(frame.geometry.bounds.values.tolist() == corners, f"{path}: the shapes differ")
    check(all(frame.geometry.is_valid) and all(frame.geom_type == "Polygon"), f"{path}: a shape is not valid")
    check(all(not shape.exterior.is_ccw for shape in frame.geometry), f"{path}: a ring is not clockwise")


def check_degrees(path, truth, name):
    frame = geopandas.read_file(path)
    check(frame.crs == "EPSG:4326", f"{path}: its CRS is {frame.crs}")
    boxes = geopandas.GeoSeries([shapely.box(*flat(row["bounds"])) for row in truth], crs=NATIVE)
    distances = boxes.segmentize(1.0).hausdorff_distance(frame.geometry.to_crs(NATIVE))
    check(all(frame.geometry.is_valid), f"{path}: a polygon is not valid")
    check(all(shape.exterior.is_ccw for shape in frame.geometry), f"{path}: a ring is not counter-clockwise")
    # Sides are straight in degrees, which those of the boxes are not.
    check(all(distances < 0.002), f"{path}: the polygons differ by {max(distances)} m")
    if name:
        check(list(frame[name]) == [row["location"] for row in truth], f"{path}: {name} differs")


def check_vpc(path, truth):
    data = json.loads(path.read_text())
    check(data["type"] == "FeatureCollection", f"{path}: its type differs")
    if not check(len(data["features"]) == len(truth), f"{path}: the number of tiles differs"):
        return
    for item, row in zip(data["features"], truth):
        place = f"{path}: {row['location']}"
        check(item["type"] == "Feature" and item["stac_version"] == "1.0.0", f"{place}: it is not an item")
        properties = item["properties"]
        first = item["assets"][sorted(item["assets"])[0]]
        check(first["href"] == row["location"], f"{place}: its asset differs")
        check(properties["pc:count"] == row["points"], f"{place}: pc:count differs")
        check(properties["proj:bbox"] == row["bounds"], f"{place}: proj:bbox differs")
        check(shapely.from_geojson(json.dumps(properties["proj:geometry"])).bounds == tuple(flat(row["bounds"])),
              f"{place}: proj:geometry differs")
        check(pyproj.CRS(properties["proj:wkt2"]).to_epsg(min_confidence=20) == 26915, f"{place}: proj:wkt2 differs")
        check(all({"name", "type", "size"} <= set(schema) for schema in properties["pc:schemas"]), f"{place}: pc:schemas")
        world = shapely.from_geojson(json.dumps(item["geometry"])).bounds
        bbox = item["bbox"]
        check(bbox[0] <= world[0] and bbox[1] <= world[1] and bbox[3] >= world[2] and bbox[4] >= world[3],
              f"{place}: bbox does not hold its geometry")


def write(folder, truth):
    """Indexes as GDAL writes them: the name of each and its system."""
    rows = {"location": [row["location"] for row in truth], "npoints": [row["points"] for row in truth]}
    boxes = [shapely.box(*flat(row["bounds"])) for row in truth]
    native = geopandas.GeoDataFrame(rows, geometry=boxes, crs=NATIVE)
    native.to_file(folder / "theirs.shp", driver="ESRI Shapefile")
    native.to_file(folder / "theirs.shz", driver="ESRI Shapefile")
    # GDAL names the system in a `crs` member.
    native.to_file(folder / "theirs.geojson", driver="GeoJSON")
    return ["theirs.shp", "theirs.shz", "theirs.geojson", "ours.zip", "ours.vpc"]


def queries(names, truth):
    """Areas that are decided by a metre or more, so that no rounding matters."""
    tiles = geopandas.GeoSeries([shapely.box(*flat(row["bounds"])) for row in truth], crs=NATIVE)
    west, south, east, north = tiles.total_bounds
    chance = random.Random(7)
    found = []
    while len(found) < 60:
        middle = [chance.uniform(west - 500, east + 500), chance.uniform(south - 500, north + 500)]
        reach = chance.choice([30, 300, 1500])
        places = [[c + chance.uniform(-reach, reach) for c in middle] for _ in range(3)]
        crs = chance.choice([NATIVE, "EPSG:4326", "EPSG:32616", "EPSG:3857"])
        area = geopandas.GeoSeries([shapely.Polygon(places)], crs=NATIVE).to_crs(crs)
        # Straight sides of one system are curves in another.
        longest = max(area.total_bounds[2] - area.total_bounds[0], area.total_bounds[3] - area.total_bounds[1])
        there = area.segmentize(longest / 2000).to_crs(NATIVE)[0]
        distances = tiles.distance(there)
        shares = tiles.intersection(there).area
        if not there.is_valid or any((0 < distances) & (distances < 1)) or any((shares < 1) & (distances == 0)):
            continue
        hit = [row["location"] for row, distance in zip(truth, distances) if distance == 0]
        found.append({"index": chance.choice(names), "polygon": area[0].wkt, "crs": crs, "tiles": hit})
    return found


def sample_queries(samples):
    """Boxes with the tiles that GDAL's spatial filter (`ogr2ogr -spat`) finds in real and hostile indexes."""
    chance = random.Random(11)
    found = []
    for path in sorted(samples.glob("*_TileIndex.zip")):
        shape = next(name for name in zipfile.ZipFile(path).namelist() if name.endswith(".shp"))
        layer = f"/vsizip/{path}/{shape}"
        whole = geopandas.read_file(layer)
        west, south, east, north = whole.total_bounds
        field = next(name for name in whole.columns if name.lower() == "url")
        for _ in range(50):
            x, y = chance.uniform(west - 300, east + 100), chance.uniform(south - 300, north + 100)
            box = (x, y, x + chance.uniform(1, 900), y + chance.uniform(1, 900))
            hit = geopandas.read_file(layer, bbox=box)
            # Each location is listed once, without the spaces that pad it.
            tiles = list(dict.fromkeys(url.strip() for url in hit[field]))
            crs = str(whole.crs) if whole.crs else None
            found.append({"index": str(path), "polygon": shapely.box(*box).wkt, "crs": crs, "tiles": tiles})
    return found


def main(folder, samples):
    truth = json.loads((folder / "truth.json").read_text())
    check_shapefile(folder / "ours.zip", truth)
    check_degrees(folder / "ours.geojson", truth, "location")
    check_degrees(folder / "ours.vpc", truth, None)
    check_vpc(folder / "ours.vpc", truth)
    found = queries(write(folder, truth), truth)
    check(sum(len(query["tiles"]) for query in found) > 100, "the areas meet hardly any tile")
    if samples.is_dir():
        found += sample_queries(samples)
    else:
        print(f"no samples at {samples}: skipped")
    (folder / "queries.json").write_text(json.dumps(found))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
