"""Exceptions. They are defined here, since an exception with attributes can't be defined by the stable ABI of Python 3.11."""

from __future__ import annotations


class EptError(Exception):
    """An error of pyept.

    Attributes
    ----------
    location : str or None
        Path or URL of the dataset or file, without secrets.
    node : str or None
        The node of the octree, such as ``"3-4-1-2"``, or the chunks of a file.
    cause : str or None
        What went wrong, without the place.
    """

    def __init__(
        self,
        message: str,
        location: str | None = None,
        node: str | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(message, location, node, cause)
        self.location = location
        self.node = node
        self.cause = cause

    def __str__(self) -> str:
        return str(self.args[0])


class LostError(EptError):
    """A tile, page or file can't be read. ``on_error="skip"`` goes on without it."""


class StoreError(EptError):
    """A file system, network or server failed."""


class NotFoundError(StoreError):
    """There is no file or dataset at a location."""


class FormatError(EptError):
    """A file has invalid contents."""


class QueryError(EptError, ValueError):
    """An argument is invalid, or the dataset does not support it."""


class OutputError(EptError):
    """A file, raster or table can't be made."""


class CredentialsError(EptError):
    """A secret is missing: pickles have none, and an environment variable is not set."""


class LossWarning(UserWarning):
    """Parts of the data could not be read, and ``on_error="skip"`` allows that."""
