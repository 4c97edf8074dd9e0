"""Figures in the manner of the paper."""
