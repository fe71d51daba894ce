"""Points of the ground, counted by DataFusion."""

import sys

from datafusion import SessionContext, col, lit  # pyright: ignore[reportMissingImports]

import pyept

points = SessionContext().from_arrow(pyept.open(sys.argv[1]).query(columns=["Classification"]))
print(points.filter(col('"Classification"') == lit(2)).count())
