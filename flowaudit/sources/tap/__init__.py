"""The tap: reads permitted topics without leaving a trace, accounts for every offset, and forgets every value."""
