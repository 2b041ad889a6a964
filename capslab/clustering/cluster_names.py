"""Clusters are called by letters, because in this course digits are classes."""

from __future__ import annotations

from capslab.errors import whole_number


def cluster_name(number: int) -> str:
    """The name of cluster 0, 1, 2 …: A, B, …, Z, AA, AB, …, as the columns of a spreadsheet.

    >>> [cluster_name(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    left, letters = whole_number("number", number, 0, "Clusters are counted from 0.") + 1, ""
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
