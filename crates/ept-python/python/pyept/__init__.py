"""Lidar points from EPT, COPC, LAZ, LAS and tile indexes, as numpy, Arrow, data frames, files and terrain models.

>>> import pyept
>>> ds = pyept.open("testdata/terrain")
>>> q = ds.query(bounds=(500100, 4650100, 500300, 4650300), resolution=2)
>>> frame = q.to_pandas()
"""

from pyept._errors import (
    CredentialsError,
    EptError,
    FormatError,
    LossWarning,
    LostError,
    NotFoundError,
    OutputError,
    QueryError,
    StoreError,
)
from pyept._pyept import Dataset, Query, Schema, Unit, __version__, fetch, find, merge, open, read_units, validate

__all__ = [
    "CredentialsError",
    "Dataset",
    "EptError",
    "FormatError",
    "LossWarning",
    "LostError",
    "NotFoundError",
    "OutputError",
    "Query",
    "QueryError",
    "Schema",
    "StoreError",
    "Unit",
    "__version__",
    "fetch",
    "find",
    "merge",
    "open",
    "read_units",
    "validate",
]
