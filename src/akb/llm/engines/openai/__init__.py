"""A served model: the engine, its limits, faults and replies."""
