"""Questions whose answers a program proves, a module per kind of knowledge, and that knowledge itself.

A module takes part by offering GENERATORS and CHECKS (`akb.benchmark.proofs`). The others hold what several share: formulas,
quantities with their units, pronunciations, words, WordNet.
"""
