"""Exports: a snapshot as text in some format. Pure."""
