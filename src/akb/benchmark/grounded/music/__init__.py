"""Grounded questions on music, proven with music21 and arithmetic."""
