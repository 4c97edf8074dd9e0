"""The text benchmark `akb`: candidates, checks, review, selection, the frozen file and its card."""
