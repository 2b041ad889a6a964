"""Mistakes on the command line."""

CASES: list = []
