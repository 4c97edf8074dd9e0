"""Grounded questions on speech, proven with pronunciations."""
