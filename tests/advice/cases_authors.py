"""Mistakes of those who write notebooks or teach a class, where a function of ours is called."""
# ruff: noqa: E501 - a mistake is one string, which reads better whole

from advice.follow_advice import Case

IMPORTS = "from pathlib import Path\nfrom capslab.course import editions, make_assignment, paths\n"


def _source(*cells: str) -> str:
    """The source that writes a notebook of these code cells, `own`."""
    text = "".join(f"# %%\n{cell}\n\n" for cell in cells)
    return IMPORTS + f"own = Path('99_own.py')\nown.write_text({text!r})\n"


ANSWER = "### BEGIN SOLUTION\ndef squash(s): ...\n### END SOLUTION"
CHECK = "cl.check('squash', squash)"
MAKE = "make_assignment.assignment(own)"
ROSTER = "from pathlib import Path\nfrom capslab.classroom.folder import Classroom\nPath('students.csv').write_text"

AUTHORS = [
    Case(_source("1") + "editions.edition(own, which='solution')"),
    Case(IMPORTS + "editions.edition(Path('99.py'))", then=IMPORTS + "editions.edition(paths.sources()[0])"),
    Case(
        _source("### BEGIN SOLUTION") + "editions.edition(own)",
        then=_source("1") + "editions.edition(own)\n" + _source(ANSWER) + "editions.edition(own)",
    ),
    Case(
        _source(ANSWER, f"{CHECK}\ncl.check('mask_iou', squash)") + MAKE,
        then=_source(ANSWER, CHECK, "cl.check('mask_iou', squash)") + MAKE,
    ),
    Case(_source(f"{ANSWER}\n{CHECK}") + MAKE, then=_source(ANSWER, CHECK) + MAKE),
    Case(
        _source("1") + MAKE,
        then=IMPORTS + "make_assignment.assignment(paths.find(('13',), paths.sources())[0])",
    ),
    Case(
        ROSTER + "('name\\nann\\n')\nClassroom(Path('.')).roster()",
        then=ROSTER + "('id\\nann\\n')\nClassroom(Path('.')).roster()",
    ),
]
