"""Grading a class: nbgrader's folders, formats and gradebook, with a grader that trusts no submission.

A submission is never believed, only asked. Its own process (`inside`, shut in by `launch`) runs what
the learner wrote and answers with plain values: what each function gives for each case. It never
holds an expected value, a reference or a seed. Outside, the values are judged (`replay`) by the very
code that the learner's own `check` uses. So nothing that a submission changes in its process, its
checks, its notebook or its metadata can earn a point; only right values can.

Needs nbgrader: `pip install 'capslab[grading]'`.
"""
