"""Somebody else's truth: data sets with foreign keys, each table a topic, told in the order of the data's own time."""
