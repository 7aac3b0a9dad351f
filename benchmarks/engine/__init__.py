"""The engine alone: what auditing and linking cost beside decoding, and how much memory live identifiers take."""
