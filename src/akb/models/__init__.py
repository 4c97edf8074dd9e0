"""Checkpoints: packages, hub ids and folders become ordinary Hugging Face folders with a fingerprint."""
