"""The engines behind `akb.llm.inference`, loaded by name when they are needed."""
