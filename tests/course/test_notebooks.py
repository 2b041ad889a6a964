"""The real notebooks: complete, built from their sources, and run in both editions."""

from __future__ import annotations

import ast
import itertools
import json
import os
import re
from contextlib import nullcontext
from pathlib import Path

import nbformat
import pytest
import warm_kernel
from common import data_sets

from capslab.course import build_notebooks as building
from capslab.course import paths
from capslab.course.editions import edition
from capslab.course.execute import execute
from capslab.course.lesson_length import views

COURSE = paths.sources()


def story_data(source: Path) -> str:
    """The data set that a lesson is written for: MNIST if it calls `cl.load()`, else the first it names."""
    first = re.search(r"cl\.load\((.*?)\)", source.read_text("utf-8"))
    return "mnist" if first is None or not first[1] else first[1].strip("\"'")


NAMES = [path.stem for path in COURSE]


def test_the_course_is_complete() -> None:
    wanted = [
        "00_start_here",
        "01_kmeans_by_hand",
        "02_which_score",
        "03_a_layer_that_learns",
        "04_backpropagation",
        "05_can_you_trust_it",
        "06_printed_network",
        "07_hidden_layer",
        "08_when_data_grow",
        "09_convolution",
        "10_parts_with_a_pose",
        "11_routing_by_agreement",
        "12_build_a_capsule_network",
        "13_look_inside",
        "14_what_couplings_tell",
        "15_seen_from_another_side",
        "16_other_ways_to_route",
        "17_two_digits",
        "18_autoencoder",
        "19_surprise",
        "20_build_a_vae",
        "21_latent_space",
        "22_when_it_goes_wrong",
        "23_published_numbers",
        "24_three_representations",
        "25_clusters_without_labels",
        "26_your_own_images",
        "27_what_you_found",
    ]
    assert wanted == sorted(NAMES)


def test_each_notebook_ends_with_its_answer_and_leads_on_to_the_next() -> None:
    for source, following in itertools.zip_longest(COURSE, NAMES[1:]):
        texts = [cell.source for cell in edition(source).cells if cell.cell_type == "markdown"]
        assert "## Answer" in texts[-1], source.name
        assert following is None or f"]({following}.ipynb)" in texts[-1], source.name


@pytest.mark.parametrize("source", COURSE, ids=NAMES)
def test_a_cell_is_short_enough_to_read(source: Path) -> None:
    code = [cell.source for cell in edition(source).cells if cell.cell_type == "code"]
    assert not [text for text in code if sum(bool(line.strip()) for line in text.splitlines()) > 12]


@pytest.mark.parametrize("source", COURSE, ids=NAMES)
def test_what_a_cell_shows_is_its_last_line(source: Path) -> None:
    """Jupyter shows the value of a cell's last line only: a view on an earlier one is lost without a word."""
    shown = {f"cl.{name}" for name in (*views(), "guess", "guesses", "recall", "reveal", "verdict")}
    for cell in edition(source, "solved").cells:
        if cell.cell_type == "code":
            code = re.sub(r"^(\s*)%.*$", r"\1pass", cell.source, flags=re.MULTILINE)
            earlier = [one.value for one in ast.parse(code).body[:-1] if isinstance(one, ast.Expr)]
            calls = {ast.unparse(one.func) for one in earlier if isinstance(one, ast.Call)}
            assert not calls & shown


@pytest.mark.parametrize("source", COURSE, ids=NAMES)
def test_a_lesson_imports_at_most_one_level_deep(source: Path) -> None:
    """`from capslab.data import shifted`, never `from capslab.data.shift_and_rotate import shifted`."""
    code = "\n".join(cell.source for cell in edition(source, "solved").cells if cell.cell_type == "code")
    modules = re.findall(r"^\s*(?:from|import)\s+(capslab[\w.]*)", code, re.MULTILINE)
    assert "capslab" in modules
    assert [module for module in modules if module.count(".") > 1] == []


def test_every_built_notebook_matches_its_source_and_has_its_figures() -> None:
    folder = paths.checkout()
    assert folder is not None
    assert building.check(folder) == []


@pytest.mark.parametrize("name", NAMES)
def test_built_notebooks_show_pictures_of_their_data_set_and_nothing_of_a_machine(name: str) -> None:
    path = paths.course_folder() / f"{name}.ipynb"
    text = path.read_text("utf-8")
    assert '"image/png"' in text
    source = paths.checkout() / "src" / f"{name}.py"
    assert {"mnist": "MNIST", "digits": "digits", "toys": "toys"}[story_data(source)] in text
    outputs = [o for c in json.loads(text)["cells"] for o in c.get("outputs", [])]
    assert not [o for o in outputs if str(Path.home()) + "/" in json.dumps(o)]
    assert os.path.getsize(path) < 2_000_000


# The learner's edition runs in JupyterLab, on the digits: tests/browser/test_course_in_lab.py.
@pytest.mark.slow
@pytest.mark.parametrize("source", COURSE, ids=NAMES)
def test_the_lesson_runs_and_what_its_prose_says_holds(source: Path) -> None:
    """On the data set that the lesson is written for; without MNIST, its story is not told, only run."""
    has_mnist = data_sets()[-1] == "mnist"
    tells = has_mnist or story_data(source) == "digits"
    runs(source, "story" if tells else "solved", data_sets()[-1])


@pytest.mark.slow
@pytest.mark.rare
@pytest.mark.parametrize("which", ["learner", "solved"])
@pytest.mark.parametrize("dataset", data_sets())
@pytest.mark.parametrize("source", COURSE, ids=NAMES)
def test_every_edition_runs_on_every_data_set(source: Path, dataset: str, which: str) -> None:
    runs(source, which, dataset)


#: lessons that teach without a network: they leave TensorFlow's import, five seconds, to those that need it
WITHOUT_TENSORFLOW = [
    "00_start_here",
    "01_kmeans_by_hand",
    "02_which_score",
    "03_a_layer_that_learns",
    "05_can_you_trust_it",
    "19_surprise",
]
IMPORTED = "import sys; print([name for name in ('tensorflow', 'keras') if name in sys.modules])"


def runs(source: Path, which: str, dataset: str) -> None:
    book, light = edition(source, which), source.stem in WITHOUT_TENSORFLOW
    if light:
        book.cells.append(nbformat.v4.new_code_cell(IMPORTED))
    with nullcontext() if light else warm_kernel.warm_kernels():
        run = execute(book, source.stem, dataset=dataset)
    print(run.line())
    assert run.ok, run.line()
    assert run.peak_mb + (0 if light else warm_kernel.shared_mb) <= 1536, run.line()
    noise = [c for c in run.notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    assert not noise, "a notebook writes nothing to stderr"
    assert not light or book.cells[-1].outputs[0].text.strip() == "[]", "no network, so no TensorFlow"
