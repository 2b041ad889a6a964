"""A class in JupyterLab: Formgrader shows what was graded, Validate answers a student."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from grading_class import NAME, QUICK, hand_in, made, solved
from labserver import READY, Lab

from capslab.classroom.grade_class import grade
from capslab.exercises.registry import find

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OWN = "window.owned = (window.owned || 0) + 1"
#: each would run in the page of whoever reads the answer, had it its way
SCRIPTS = f"""<script>{OWN}</script> <img src=x onerror="{OWN}"> <svg onload="{OWN}"></svg>

<p>
<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>
</p>

```mermaid
<script>{OWN}</script>
```

[link](javascript:{OWN.replace(" ", "")}) ![gone](attachment:nowhere.png) $\\href{{javascript:{OWN}}}{{x}}$
"""
CODE = f"""def squash(s):
    '''</pre><script>{OWN}</script>'''
    raise ValueError("<script>{OWN}</script>")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab on a class in which one student was graded."""
    server = Lab(tmp_path_factory.mktemp("formgrader"))
    room = made(server.root / "class")
    hand_in(room, "Zoë Müller", {"prediction-1": f"Hardly moved, 1 < 2. {SCRIPTS}", "write-squash": CODE})
    grade(room, [NAME], workers=1, limits=QUICK)
    settings = server.folder / "config" / "nbgrader_config.py"
    settings.parent.mkdir(parents=True)
    settings.write_text((room.root / "nbgrader_config.py").read_text("utf-8").replace(
        "os.path.dirname(os.path.abspath(__file__))", repr(str(room.root))))  # fmt: skip
    short = solved(room)
    ids = ("write-squash", "check-squash")
    kept = [c for c in short.cells if c.metadata.get("nbgrader", {}).get("grade_id") in ids]
    short.cells = [nbformat.v4.new_code_cell("import numpy as np\nimport capslab as cl"), *kept]
    nbformat.write(short, server.root / "right.ipynb")
    short.cells[1].source = "def squash(s):\n    return s"
    nbformat.write(short, server.root / "wrong.ipynb")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_formgrader_shows_the_grades_and_no_script_of_a_submission_runs(server, page):
    page.set_default_timeout(60_000)
    page.goto(f"{server.address}/lab?token={server.token}")  # this logs in; Formgrader's pages do not
    page.goto(f"{server.address}/formgrader/gradebook/{NAME}/{NAME}")
    row = page.locator("tr", has_text="Submission #1")
    row.wait_for()
    assert "9 / 13" in row.inner_text()
    row.get_by_role("link", name="Submission #1").click()
    page.get_by_text("Hardly moved, 1 < 2.").wait_for()
    assert page.get_by_text("All visible checks and all hidden checks passed.").count() == 3
    assert page.get_by_text("window.owned").count() >= 4  # what was tried can be read
    assert page.locator("[onerror], [onload], iframe, a[href^='javascript' i]").count() == 0
    assert page.evaluate("window.owned") is None
    page.goto(f"{server.address}/formgrader/manage_submissions/{NAME}")
    page.get_by_text("Zoë Müller").first.wait_for()


CASES = len(find("squash").cases(0, False))  # that a student sees


@pytest.mark.parametrize(
    ("name", "words"), [("right", "passes all the tests"), ("wrong", f"0 of {CASES} visible")]
)
def test_validate_answers_a_student_in_words(server, page, name, words):
    page.set_default_timeout(90_000)
    page.goto(f"{server.address}/lab/tree/{name}.ipynb?token={server.token}&reset")
    page.wait_for_function(READY, timeout=90_000)
    page.get_by_text("Validate", exact=True).first.click()
    dialog = page.locator(".jp-Dialog", has_text="Validat")
    page.wait_for_function(
        "(words) => (document.querySelector('.jp-Dialog') || {innerText: ''}).innerText.includes(words)",
        arg=words,
        timeout=90_000,
    )
    assert dialog.count() <= 1
