"""Measurements as commands: figures, not tests."""
