"""Grounded questions on sounding things, rooms and surroundings."""
