"""Sources: one package per evidence channel. A source translates and redacts; it decides nothing."""
