"""The course as files: its sources, the editions made from them, building and running.

What we write is `notebooks/src/NN_name.py` (jupytext percent format). What learners open
is `notebooks/NN_name.ipynb`, built from it with its figures. An installed capslab holds
the built notebooks alone, in `capslab/_course`.
"""
