"""A benchmark of linkage: generated estates of event streams with exact truth. See README.md."""
