"""The measure of length: what counts, what does not, and that each lesson prints what is computed."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from click.testing import CliRunner

from capslab.cli.main import main
from capslab.course import paths
from capslab.course.editions import EDITIONS, cell_id, edition
from capslab.course.lesson_length import LIMIT, Length, length_of, measured, views, with_time

COURSE = paths.sources()

#: lessons that keep to the limit: every lesson joins this list with the change that rewrites it
KEPT = [
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


HEADER = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

"""


def counted(text: str) -> Length:
    return measured(jupytext.reads(text, fmt="py:percent").cells)


@pytest.mark.parametrize("source", COURSE, ids=[path.stem for path in COURSE])
@pytest.mark.parametrize("which", EDITIONS)
def test_each_lesson_prints_its_minutes_in_its_first_cell(source: Path, which: str) -> None:
    cells = edition(source, which).cells
    assert cells[0].source.count(f"**Time:** about {length_of(source).minutes} minutes.") == 1
    assert not any("**Time:**" in cell.source for cell in cells[1:])


@pytest.mark.parametrize("name", KEPT)
def test_a_lesson_that_was_rewritten_keeps_to_the_limit(name: str) -> None:
    (source,) = (path for path in COURSE if path.stem == name)
    assert length_of(source).minutes <= LIMIT, length_of(source).line()


def test_the_course_calls_views_and_draws_figures() -> None:
    total = [length_of(source) for source in COURSE]
    assert all(one.words > 500 and one.cells > 5 for one in total)
    assert all(one.figures for one in total)
    without = [path.stem for path in COURSE if not length_of(path).exercises + length_of(path).long_exercises]
    assert without == ["27_what_you_found"], "the last lesson only looks back"
    assert sum(bool(one.views) for one in total) > len(total) / 2


def test_the_formula_by_hand() -> None:
    one = Length(words=1300, cells=8, exercises=2, long_exercises=1, views=3, figures=5, guesses=2)
    assert one.minutes == 10 + 6 + 12 + 10 + 12 + 2.5 + 2 - 0.5  # 54.5, to the even minute
    assert sum(one.parts.values()) == 54.5
    assert "9 too many" in one.line()
    assert "too many" not in Length(words=1300).line()


def test_words_are_those_that_are_read() -> None:
    text = "# %% [markdown]\n# See [the layer](04_x.ipynb#maps), | a | table | and — $x_1$.\n#\n# **Time:** …"
    assert counted(text).words == len(["See", "the", "layer", "a", "table", "and", "x1"])


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ('cl.check("f", f)', 0),
        ('f = cl.mine("f", f)', 0),
        ('cl.check("f", f)\nf = cl.mine("f", f)', 0),
        ('cl.reveal("g", 3)', 0),
        ('cl.guesses("03")', 0),
        ('import capslab as cl\n\ncl.recall("03")', 0),
        ("import capslab as cl", 1),
        ('cl.progress("03")', 0),
        ('# cl.hint("f")', 0),
        ('cl.guess("g", "How many?", between=(0, 9))', 0),
        ('cl.reveal("g", cl.load().name)', 0),
        ('cl.check("f", f)\nprint(f(3))', 1),
        ('y = f(3)\ncl.reveal("g", y)', 1),
        ("x = 1", 1),
        ("%matplotlib inline\nx = 1", 1),
        ("def broken(:", 1),
        ("", 0),
    ],
)
def test_a_cell_that_only_checks_adopts_or_reveals_does_not_count(code: str, cells: int) -> None:
    assert counted(f"# %%\n{code}").cells == cells


def test_recall_questions_count_one_minute_and_no_cell() -> None:
    parts = counted('# %%\ncl.recall("03")').parts
    assert {name: minutes for name, minutes in parts.items() if minutes} == {"recall questions": 1}


def test_a_guess_counts_one_minute_and_no_cell() -> None:
    assert counted('# %%\ncl.guess("g", "How many?", between=(0, 9))').parts["guesses"] == 1
    assert counted('# %%\ncl.guess("g", "How many?", between=(0, 9))').minutes == 1


SOLUTION = (
    "# %%{tags}\ndef f(x):\n    {before}\n    ### BEGIN SOLUTION\n    {solution}\n    ### END SOLUTION\n"
)


@pytest.mark.parametrize(
    ("solution", "before", "tags", "kind"),
    [
        ("return x + 1", "pass", "", "exercises"),
        ("return sum(y for y in x)", "pass", "", "exercises"),
        ("return x", "for y in x: print(y)", "", "exercises"),  # the loop is given
        ("for y in x: print(y)", "pass", "", "loops and bug hunts"),
        ("while x: x -= 1", "pass", "", "loops and bug hunts"),
        ("return x", "pass", ' tags=["bug-hunt"]', "loops and bug hunts"),
    ],
)
def test_loops_and_bug_hunts_are_long_exercises(solution: str, before: str, tags: str, kind: str) -> None:
    parts = counted(SOLUTION.format(tags=tags, before=before, solution=solution)).parts
    assert {name: minutes for name, minutes in parts.items() if minutes} == {
        "code cells": 0.75,
        kind: 10 if kind == "loops and bug hunts" else 6,
    }


def test_figures_and_views_are_calls_that_show_one() -> None:
    code = "plots.lines(x, y)\ncl.plots.bars(z)\nhistory.plot()\nplots.table(rows)\nplots.palette(3)\nplots"
    assert counted(f"# %%\n{code}").figures == 3
    code = "cl.explore_clusters(z)\nview = cl.show_routing(model, images)\ncl.embed(images)\nlist.compare(x)"
    assert counted(f"# %%\n{code}").views == 2
    assert {"compare", "explore_latent", "routing_sandbox"} <= views()
    assert not {"fit", "guess", "guesses", "reveal", "plots"} & views()


def test_a_figure_of_a_solution_is_not_counted() -> None:
    text = SOLUTION.format(tags="", before="pass", solution="plots.lines(x, x)")
    assert counted(text).figures == 0


def test_the_time_replaces_what_stands_there() -> None:
    assert with_time("# 1\n\nSee. **Time:** about 99 minutes. You need 00.", 40) == (
        "# 1\n\nSee. **Time:** about 40 minutes. You need 00."
    )
    assert with_time("# 1\n\n**Time:**\n\nMore.", 40) == "# 1\n\n**Time:** about 40 minutes.\n\nMore."
    assert with_time(with_time("# 1", 3), 4) == "# 1\n\n**Time:** about 4 minutes."
    assert with_time("# 1", 1).endswith("about 1 minute.")


def test_the_minutes_are_no_part_of_a_cells_id(tmp_path: Path) -> None:
    path = tmp_path / "03_x.py"
    ids = []
    for cells in (1, 9):
        path.write_text(
            HEADER + "# %% [markdown]\n# # What is this?\n#\n# Why.\n" + "\n# %%\nx = 1\n" * cells, "utf-8"
        )
        first = edition(path).cells[0]
        assert first.id == cell_id("markdown", first.source)
        ids.append((first.id, first.source))
    assert ids[0][0] == ids[1][0]
    assert ids[0][1] != ids[1][1]


def test_only_a_lesson_is_told_its_time(tmp_path: Path) -> None:
    for name, tells in (("03_x.py", True), ("notes.py", False)):
        (tmp_path / name).write_text(
            HEADER + "# %% [markdown]\n# # What is this?\n#\n# Why.\n\n# %%\nx = 1\n", "utf-8"
        )
        assert ("**Time:**" in edition(tmp_path / name).cells[0].source) == tells


def test_the_command_shows_what_a_lesson_is_made_of() -> None:
    (source,) = (path for path in COURSE if path.stem.startswith("11"))
    told = CliRunner().invoke(main, ["build", "--length", "11"])
    assert told.exit_code == 0
    assert told.output == f"11_routing_by_agreement: {length_of(source).line()}\n"
