"""Solvers: arrays in, arrays out; one published method each."""
