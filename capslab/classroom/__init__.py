"""Grading a class: nbgrader's folders, formats and gradebook, with a grader that does not trust submissions.

A submission is never believed; it is only asked. It runs in a process of its own (`run_student_code`, locked
in by `sandbox`), which runs what the student wrote and answers with plain values: what each function returns
for each case. That process never holds an expected value, a reference solution or a seed. The values are
judged outside (`answers`, `score`), by the same code that the learner's own `check` uses. So nothing that a
submission changes in its process, its checks, its notebook or its metadata can earn a point; only correct
values can.

Needs nbgrader: `pip install 'capslab[grading]'`.
"""
