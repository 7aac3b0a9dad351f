"""The graph: a pure fold over facts, and the values that every surface reads."""
