"""Exports: a snapshot as text in some format. Pure and deterministic: equal snapshots give equal bytes."""

from flowaudit.exports.csv_ import csv_files
from flowaudit.exports.render import FORMATS, Format, FormatUnknown, render

__all__ = ["FORMATS", "Format", "FormatUnknown", "csv_files", "render"]
