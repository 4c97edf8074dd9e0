"""Captioners: what turns a clip into text."""
