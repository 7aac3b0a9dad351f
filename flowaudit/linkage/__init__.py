"""Linkage: where do the same identifiers reappear? Pure functions from facts to derived edges."""
