"""The configuration: what may stand in it, its defaults, and what its names refer to."""
