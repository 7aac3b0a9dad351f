"""The command line: it reads arguments, calls the composition root, prints what comes back."""
