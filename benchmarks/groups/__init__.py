"""What a refresh of many groups costs: `python -m benchmarks.groups`."""
