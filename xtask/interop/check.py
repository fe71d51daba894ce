"""Writes datasets as LAZ and COPC with `ept`, reads them with laspy and copc.js, and compares with the CSV of `ept`.

Arguments: the command `ept`, the script walk.mjs, and datasets.
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import laspy
import numpy as np

# Names of EPT whose values laspy has under another name; the rest are the same in small letters, or extra bytes.
NAMES = {
    "ReturnNumber": "return_number",
    "NumberOfReturns": "number_of_returns",
    "ScanDirectionFlag": "scan_direction_flag",
    "EdgeOfFlightLine": "edge_of_flight_line",
    "KeyPoint": "key_point",
    "UserData": "user_data",
    "PointSourceId": "point_source_id",
    "GpsTime": "gps_time",
    "ScanChannel": "scanner_channel",
    "Infrared": "nir",
}
# Names of EPT that copc.js spells in another way.
JS_NAMES = {"ScanChannel": "ScannerChannel", "ScanAngleRank": "ScanAngle", "Infrared": "Nir"}
# Steps of the scan angle from point format 6 on, in degrees.
ANGLE_STEP = 0.006
# Entries that a page of the hierarchy has at most.
MOST_ENTRIES = 4097


class Check:
    """The checks of one dataset."""

    def __init__(self):
        self.count = 0
        self.misses = []

    def that(self, holds, miss):
        self.count += 1
        if not holds:
            self.misses.append(miss)


def query(ept, dataset, out, *arguments):
    subprocess.run([ept, "query", "-q", dataset, "-o", out, *arguments], check=True)


def read_csv(path, las):
    """The columns by name, as numbers; those that the file has as plain bytes are a row of numbers each."""
    with open(path) as file:
        names = file.readline().strip().split(",")
    raw = {extra.name for extra in las.point_format.extra_dimensions if extra.num_elements > 1}
    read = lambda columns, kind: np.loadtxt(path, kind, delimiter=",", skiprows=1, usecols=columns, ndmin=2)
    numbers = [i for i, name in enumerate(names) if name not in raw]
    columns = dict(zip([names[i] for i in numbers], read(numbers, float).T))
    for extra in las.point_format.extra_dimensions:
        if extra.name in columns and extra.dtype == np.float32:
            # The text is the shortest that is this value among those of 32 bits.
            columns[extra.name] = columns[extra.name].astype(np.float32)
    for i in set(range(len(names))) - set(numbers):
        columns[names[i]] = np.array([list(bytes.fromhex(text)) for text in read([i], str).flat])
    return columns


def column(las, name):
    """A dimension of a file by its EPT name, in the units of EPT; none when it is not there."""
    if name in "XYZ":
        return np.asarray(getattr(las, name.lower()))
    names = set(las.point_format.dimension_names)
    if name == "ScanAngleRank" and "scan_angle" in names:
        return np.asarray(las["scan_angle"]) * ANGLE_STEP
    if name == "ScanAngleRank":
        return np.asarray(las["scan_angle_rank"])
    extra = {extra.name for extra in las.point_format.extra_dimensions}
    own = name if name in extra else NAMES.get(name, name.lower())
    return np.asarray(las[own]).astype(float) if own in names else None


def compare(check, what, csv, las, was_legacy):
    """Every column of the CSV is a dimension of the file, with the same values in the same order."""
    points = len(next(iter(csv.values()), ()))
    check.that(len(las.points) == points, f"{what}: {len(las.points)} points, {points} expected")
    if len(las.points) != points or points == 0:
        return
    for name, expected in csv.items():
        found = column(las, name)
        check.that(found is not None, f"{what}: no {name}")
        if found is None:
            continue
        slack = 0.0
        if name in "XYZ":
            # Coordinates that are stored as integers come back exactly, others to the scale of the file.
            scale = las.header.scales["XYZ".index(name)]
            steps = (expected - las.header.offsets["XYZ".index(name)]) / scale
            is_stored = np.array_equal(np.rint(steps) * scale + las.header.offsets["XYZ".index(name)], expected)
            slack = 0.0 if is_stored else scale * 0.500001
        if name == "ScanAngleRank" and las.point_format.id >= 6:
            slack = ANGLE_STEP / 2 + 1e-5
        if name == "Classification" and was_legacy and las.point_format.id >= 6:
            overlap = expected == 12
            check.that(np.array_equal(np.asarray(las["overlap"]) == 1, overlap), f"{what}: overlap of class 12")
            expected = np.where(overlap, 0, expected)
        worst = np.max(np.abs(found - expected))
        check.that(worst <= slack, f"{what}: {name} is off by up to {worst}")


def rows(points):
    """All dimensions of points as a sorted matrix: what they are, whatever their order."""
    columns = [np.asarray(points.x), np.asarray(points.y), np.asarray(points.z)]
    names = [name for name in points.point_format.dimension_names if name not in ("X", "Y", "Z")]
    columns += [np.asarray(points[name]).reshape(len(points), -1).astype(float) for name in names]
    matrix = np.column_stack(columns)
    return matrix[np.lexsort(matrix.T[::-1])]


def same_rows(a, b):
    return len(a) == len(b) and np.array_equal(rows(a), rows(b), equal_nan=True)


def edges(las):
    """A box within the file, whose edges lie between coordinates or on the grid of the file."""
    box = []
    for axis, (low, high) in enumerate([(0.3, 0.75), (0.2, 0.7), (0.1, 0.95)]):
        values = np.unique([las.x, las.y, las.z][axis])
        scale, offset = las.header.scales[axis], las.header.offsets[axis]
        for part in (low, high):
            at = int(part * (len(values) - 1))
            middle = (values[at] + values[min(at + 1, len(values) - 1)]) / 2
            box.append(float(np.rint((middle - offset) / scale) * scale + offset))
    return np.array(box[0::2]), np.array(box[1::2])


def walk(check, what, script, copc, csv, was_legacy):
    """copc.js finds and decodes every point, and its extremes are those of the CSV."""
    run = subprocess.run(["node", script, copc], capture_output=True, text=True)
    check.that(run.returncode == 0, f"{what}: copc.js fails: {run.stderr.strip()[-400:]}")
    if run.returncode != 0:
        return
    result = json.loads(run.stdout)
    points = len(next(iter(csv.values()), ()))
    counts = [result[key] for key in ("points", "counted", "loaded")]
    check.that(counts == [points] * 3, f"{what}: copc.js counts {counts}, {points} expected")
    has_pages = result["pages"] > 1 or result["nodes"] <= MOST_ENTRIES
    check.that(has_pages, f"{what}: {result['nodes']} nodes in one page")
    for name, values in csv.items() if points > 0 else ():
        found = result["dimensions"].get(JS_NAMES.get(name, name))
        # Classes of old formats are another matter; copc.js has no plain bytes and no integers beyond 53 bits.
        is_other = (name == "Classification" and was_legacy) or values.ndim > 1 or np.max(np.abs(values)) > 2**53
        if found is None or is_other:
            continue
        slack = {"X": 1e-6, "Y": 1e-6, "Z": 1e-6, "ScanAngleRank": ANGLE_STEP}.get(name, 0.0)
        expected = np.array([values.min(), values.max()])
        check.that(np.allclose(found, expected, rtol=1e-15, atol=slack), f"{what}: copc.js {name} {found}, {expected}")


def check_files(check, what, folder, script):
    """Both files of a query are what the CSV is; returns the COPC file as laspy reads it, from end to end."""
    laz, copc = laspy.read(folder / f"{what}.laz"), laspy.read(folder / f"{what}.copc.laz")
    csv = read_csv(folder / f"{what}.csv", laz)
    was_legacy = laz.point_format.id < 6
    compare(check, f"{what} LAZ", csv, laz, was_legacy)
    compare(check, f"{what} COPC", csv, copc, was_legacy)
    walk(check, what, script, folder / f"{what}.copc.laz", csv, was_legacy)
    with laspy.CopcReader.open(folder / f"{what}.copc.laz") as reader:
        if len(copc.points) > 0:
            check.that(same_rows(reader.query(), copc.points), f"{what}: CopcReader finds other points")
    return copc


def check_dataset(ept, script, dataset, folder):
    check = Check()
    outputs = lambda what: [folder / f"{what}{end}" for end in (".csv", ".laz", ".copc.laz")]
    for out in outputs("whole"):
        query(ept, dataset, out)
    whole = check_files(check, "whole", folder, script)
    low, high = edges(whole)
    bounds = ",".join(repr(float(number)) for number in [*low, *high])
    for out in outputs("clipped"):
        query(ept, dataset, out, "--bounds", bounds)
    clipped = check_files(check, "clipped", folder, script)
    with laspy.CopcReader.open(folder / "whole.copc.laz") as reader:
        found = reader.query(bounds=laspy.Bounds(mins=low, maxs=high))
    check.that(same_rows(found, clipped.points), f"{len(found)} points in {bounds} of the COPC, {len(clipped.points)} in EPT")
    return check, len(whole.points), len(clipped.points)


def many_nodes(folder):
    """A dataset whose hierarchy takes several pages in COPC: a point in each cell of a surface at depth 6."""
    side, span = 64, 2.0
    cells = [(x, y, (x * 7 + y) % side) for x in range(side) for y in range(side)]
    types = [("X", 8), ("Y", 8), ("Z", 8), ("Intensity", 2)]
    schema = [{"name": name, "type": "float" if size == 8 else "unsigned", "size": size} for name, size in types]
    bounds = [0.0, 0.0, 0.0, side * span, side * span, side * span]
    metadata = {"version": "1.0.0", "dataType": "binary", "hierarchyType": "json", "points": len(cells), "span": 16}
    metadata |= {"bounds": bounds, "boundsConforming": bounds, "schema": schema, "srs": {}}
    for name in ("ept-data", "ept-hierarchy"):
        (folder / name).mkdir(parents=True)
    hierarchy = {}
    for cell in cells:
        for depth in range(7):
            key = "-".join(str(number) for number in (depth, *(index >> 6 - depth for index in cell)))
            hierarchy[key] = int(depth == 6)
        center = [(index + 0.5) * span for index in cell]
        (folder / "ept-data" / f"{key}.bin").write_bytes(struct.pack("<dddH", *center, cell[0] * side + cell[1]))
    (folder / "ept.json").write_text(json.dumps(metadata))
    (folder / "ept-hierarchy" / "0-0-0-0.json").write_text(json.dumps(hierarchy))
    return folder


def main():
    ept, script, *datasets = sys.argv[1:]
    missed = 0
    made = tempfile.TemporaryDirectory()
    datasets.append(many_nodes(Path(made.name) / "many-nodes"))
    for dataset in datasets:
        with tempfile.TemporaryDirectory() as folder:
            check, whole, clipped = check_dataset(ept, script, dataset, Path(folder))
        verdict = "MISS" if check.misses else "ok  "
        print(f"{verdict}  {Path(dataset).name:40} {check.count:4} checks, {whole} points, {clipped} clipped", flush=True)
        for miss in check.misses[:12]:
            print(f"      {miss}", flush=True)
        missed += bool(check.misses)
    sys.exit(missed > 0)


main()
