"""The course as files: its sources, the editions made from them, and how they are built and run.

We write `notebooks/src/NN_name.py` (jupytext's percent format). Learners open
`notebooks/NN_name.ipynb`, which is built from it and has its figures. An installed capslab contains
only the built notebooks, in `capslab/_course`.
"""
