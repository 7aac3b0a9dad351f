"""How fast the tap is: `python -m benchmarks.tap`."""
