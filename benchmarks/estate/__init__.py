"""How right the auditor is on the reference estate: real clients, fresh seeds, scored against the truth."""
