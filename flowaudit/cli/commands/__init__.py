"""One module per command: what it takes, what it calls, how it ends.

The function's docstring is the command's help. Imports that cost time wait until the command runs.
"""
