"""The follower of the offsets log against plain consumer loops."""
