"""The engine: starts sources, writes what they tell into the ledger, publishes snapshots."""
