"""Formats that packages carry, converted to Hugging Face folders: GGUF, and CTranslate2's Whisper."""
