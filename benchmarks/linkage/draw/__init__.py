"""Drawing an estate: a version, a seed, a kind and a size give a specification, always the same one."""

from benchmarks.linkage.draw.estates import draw_estate

__all__ = ["draw_estate"]
