"""Sound and questions about it: sources, clips, `mini`, imported benchmarks and training sets."""
