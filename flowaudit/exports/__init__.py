"""Exports: a snapshot as text in some format. Pure and deterministic: equal snapshots give equal bytes."""

from flowaudit.exports.csv_ import csv_files
from flowaudit.exports.render import FORMATS, IDENTITY_FORMATS, Format, FormatUnknown, render, render_identities

__all__ = ["FORMATS", "IDENTITY_FORMATS", "Format", "FormatUnknown", "csv_files", "render", "render_identities"]
