"""Grounded questions on signals, recording and audio data."""
