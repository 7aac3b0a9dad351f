"""One module a client library: each runs an application's reading, writing and committing."""
