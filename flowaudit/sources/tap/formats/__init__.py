"""The formats that records are written in, one module each: bytes in, a document of plain parts out. Pure.

A document is what `json.loads` would give (a `dict`, a `list`, a scalar), or a Protobuf message, or holds such parts.
Names are the members of dicts; numbers are the columns of a row of delimited text, or a CBOR map's own. What a leaf
holds is turned into a scalar where it is asked for (`leaves.plain`).
"""
