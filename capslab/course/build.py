"""Building the notebooks that learners open, and checking that they match their sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from capslab.course.clean_outputs import WIDGET, clean
from capslab.course.editions import edition
from capslab.course.execute import Run, execute
from capslab.course.paths import sources

EXPECTED_ERROR = "raises-exception"  # the tag of a cell that is meant to fail


def built(source: Path) -> Path:
    """Where the notebook of `…/src/NN_name.py` goes: `…/NN_name.ipynb`."""
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
    list of str : what was dropped from the outputs that the author should know of.
    """
    run = execute(edition(source), source.stem, dataset=dataset, progress=progress)
    if not run.ok:
        return run, []
    said = clean(run.notebook)
    text = nbformat.writes(run.notebook)
    built(source).write_text(text if text.endswith("\n") else text + "\n", "utf-8")
    return run, said


def check(folder: Path, only: list[Path] | None = None) -> list[str]:
    """What is wrong with the built notebooks in `folder`, in words; nothing is executed.

    Parameters
    ----------
    folder : the notebooks, with their sources in `src`.
    only : sources to look at; by default all, and then a notebook without a source is wrong too.
    """
    looked = sources(folder) if only is None else only
    wrong = [problem for source in looked for problem in _problems(source)]
    if only is None:
        known = {source.stem for source in looked}
        for path in sorted(folder.glob("*.ipynb")):
            if path.stem not in known:
                wrong.append(f"{path.name} has no source: delete it, or write src/{path.stem}.py.")
    return wrong


def _problems(source: Path) -> list[str]:
    path = built(source)
    again = f"Run `capslab build {source.stem[:2]}`."
    if not path.exists():
        return [f"{path.name} is not built. {again}"]
    try:
        found = nbformat.read(path, as_version=4)
        nbformat.validate(found)
    except (ValueError, nbformat.ValidationError) as error:
        return [f"{path.name} is not a valid notebook ({str(error).splitlines()[0]}). {again}"]
    wanted = edition(source)
    if found.metadata.get("capslab") != wanted.metadata["capslab"]:
        return [f"{path.name} was built from another version of src/{source.name}. {again}"]
    if [_said(cell) for cell in found.cells] != [_said(cell) for cell in wanted.cells]:
        return [f"{path.name} has cells that src/{source.name} has not: it was edited by hand. {again}"]
    return [f"{path.name}, {problem}. {again}" for problem in _wrong_outputs(found)]


def _said(cell: nbformat.NotebookNode) -> tuple[object, ...]:
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
                wrong.append(f"cell {number} holds a live widget, which no page without a kernel can show")
    return wrong
