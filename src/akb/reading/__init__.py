"""Reading what a model wrote: which option, if any, an answer means."""
