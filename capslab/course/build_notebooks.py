"""Builds the notebooks that learners open, and checks that they match their sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from capslab.course.clean_outputs import WIDGET, clean
from capslab.course.editions import edition
from capslab.course.execute import Run, execute
from capslab.course.paths import sources

EXPECTED_ERROR = "raises-exception"  # the tag of a cell that should fail


def built(source: Path) -> Path:
    """The path of the notebook built from `…/src/NN_name.py` goes: `…/NN_name.ipynb`."""
    return source.parent.parent / f"{source.stem}.ipynb"


def build(
    source: Path,
    dataset: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Run, list[str]]:
    """Executes the learner's edition of a source and saves it with its figures.

    Nothing is saved unless every cell runs.

    Returns
    -------
    Run : how the execution went.
    list of str : what was dropped from the outputs, if the author should know about it.
    """
    run = execute(edition(source), source.stem, dataset=dataset, progress=progress)
    if not run.ok:
        return run, []
    dropped = clean(run.notebook)
    text = nbformat.writes(run.notebook)
    built(source).write_text(text if text.endswith("\n") else text + "\n", "utf-8")
    return run, dropped


def check(folder: Path, only: list[Path] | None = None) -> list[str]:
    """What is wrong with the built notebooks in `folder`, one sentence each; nothing is executed.

    Parameters
    ----------
    folder : the notebooks, with their sources in `src`.
    only : the sources to check; by default all, and then a notebook without a source is wrong too.
    """
    chosen = sources(folder) if only is None else only
    problems = [problem for source in chosen for problem in _problems(source)]
    if only is None:
        stems = {source.stem for source in chosen}
        for path in sorted(folder.glob("*.ipynb")):
            if path.stem not in stems:
                problems.append(f"{path.name} has no source: delete it, or write src/{path.stem}.py.")
    return problems


def _problems(source: Path) -> list[str]:
    path = built(source)
    advice = f"Run `capslab build {source.stem[:2]}`."
    if not path.exists():
        return [f"{path.name} is not built. {advice}"]
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, nbformat.ValidationError) as error:
        return [f"{path.name} is not a valid notebook ({str(error).splitlines()[0]}). {advice}"]
    expected = edition(source)
    if notebook.metadata.get("capslab") != expected.metadata["capslab"]:
        return [f"{path.name} was built from another version of src/{source.name}. {advice}"]
    if [_content(cell) for cell in notebook.cells] != [_content(cell) for cell in expected.cells]:
        return [f"{path.name} has cells that are not in src/{source.name}: it was edited by hand. {advice}"]
    return [f"{path.name}, {problem}. {advice}" for problem in _wrong_outputs(notebook)]


def _content(cell: nbformat.NotebookNode) -> tuple[object, ...]:
    return cell.cell_type, cell.id, cell.source, dict(cell.metadata)


def _wrong_outputs(notebook: nbformat.NotebookNode) -> list[str]:
    wrong = []
    code = [(n, cell) for n, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code"]
    if code and not any(cell.outputs for _, cell in code):
        return ["no cell has an output"]
    for number, cell in code:
        if cell.source.strip() and cell.execution_count is None:
            wrong.append(f"cell {number} was not executed")
        for output in cell.outputs:
            if output.output_type == "error" and EXPECTED_ERROR not in cell.metadata.get("tags", []):
                wrong.append(f"cell {number} ends in an error ({output.ename})")
            if output.get("name") == "stderr":
                wrong.append(f"cell {number} has output on stderr")
            if WIDGET in output.get("data", {}):
                wrong.append(
                    f"cell {number} contains a live widget, which a page without a kernel cannot show"
                )
    return wrong
