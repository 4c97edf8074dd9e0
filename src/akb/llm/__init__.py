"""Asking a backbone: prompts, the one door `inference.answer`, the item store behind it, and the engines."""
