"""The commands of `capslab assignment`: release, collect, grade, feedback, grades."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from capslab.cli.echo import echo
from capslab.errors import ArgumentError, Verbatim

if TYPE_CHECKING:
    from capslab.classroom.outcome import Outcome

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
ONLY = click.option(
    "--assignment",
    "-a",
    "only",
    multiple=True,
    help="Only this assignment (04, or its name). May be repeated.",
)
BAR = "{desc}: {n_fmt} of {total_fmt} |{bar}| {elapsed}, {remaining} left"


@click.group()
def assignment() -> None:
    """Hand out assignments and grade a class.

    For instructors. The usual order is release, collect, grade, feedback, grades.
    """


@assignment.command()
@click.argument("notebooks", nargs=-1)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def release(notebooks: tuple[str, ...], folder: Path) -> None:
    """Make assignments from notebooks.

    NOTEBOOKS are numbers or names (04 06). DIR is the folder of the class, and is created if it does not
    exist. What to hand out is then in DIR/release. Solutions and hidden checks stay with you.
    """
    from capslab.classroom.folder import Classroom
    from capslab.classroom.release import release
    from capslab.course.paths import destination, find, sources

    available = sources()
    if not available:
        raise click.ClickException(
            "releasing needs a checkout of capslab, with the sources of the notebooks."
        )
    destination(folder, "assignment release", notebooks, "class")
    if not notebooks:
        step = f"Try: `capslab assignment release 04 {folder}`"
        raise ArgumentError("NOTEBOOK", "at least one, given before DIR", Verbatim("none"), step)
    classroom = Classroom(folder)
    for path in release(find(notebooks, available), classroom):
        echo(f"Hand out {path}")
    echo(f"Put what comes back into {classroom.root / 'downloaded'}.")
    echo(f"Then run: capslab assignment collect {folder}")


@assignment.command()
@FOLDER
@click.option(
    "--from", "source", type=click.Path(path_type=Path, exists=True),
    help="A folder or .zip file from your learning platform (default: DIR/downloaded).",
)  # fmt: skip
def collect(folder: Path, source: Path | None) -> None:
    """Sort what students handed in.

    Each file goes to DIR/submitted/STUDENT/NOTEBOOK, where `grade` looks for it.
    """
    from capslab.classroom.collect import collect
    from capslab.classroom.folder import Classroom

    classroom = Classroom.open(folder)
    files = collect(classroom, source)
    for file in files:
        if file.problem:
            echo(f"✗ {file.file}: {file.problem}")
    students = {file.student for file in files if file.student}
    new, unplaced = sum(file.is_new for file in files), sum(bool(file.problem) for file in files)
    counts = [f"{new} new file{'s' * (new != 1)}", f"{len(files) - new - unplaced} already there"]
    counts += [f"{unplaced} that could not be sorted (see above)"] if unplaced else []
    echo(f"{', '.join(counts)}; {len(students)} student{'s' * (len(students) != 1)} in all.")
    if not files:
        echo(f"Put the files from your learning platform into {classroom.root / 'downloaded'}.")


@assignment.command()
@FOLDER
@ONLY
@click.option("--workers", default=0, help="Submissions that run at a time (default: one per processor).")
@click.option(
    "--seconds", default=30.0, show_default=True, help="Computing time for each function, in seconds."
)
@click.option("--memory", default=1500, show_default=True, help="Memory of one submission, in MB.")
@click.option("--force", is_flag=True, help="Grade again what was graded before.")
def grade(
    folder: Path, only: tuple[str, ...], workers: int, seconds: float, memory: int, force: bool
) -> None:
    """Grade what was handed in. A run that was stopped continues where it was."""
    from tqdm import tqdm

    from capslab.classroom.feedback_page import count_to_read
    from capslab.classroom.folder import Classroom
    from capslab.classroom.grade_class import grade, summary
    from capslab.classroom.watch_process import Limits

    classroom = Classroom.open(folder)
    assignments = classroom.assignments(only)
    limits = Limits(cpu_s=seconds, wall_s=2 * seconds, memory_mb=memory)
    with tqdm(disable=not sys.stderr.isatty(), leave=False, bar_format=BAR) as bar:
        bar.set_description_str("Checking our own solutions first")

        def show(count: int, total: int, outcome: Outcome) -> None:
            bar.total = total
            bar.set_description_str(outcome.student[:24], refresh=False)
            bar.update()

        try:
            outcomes = grade(
                classroom, assignments, workers=workers, limits=limits, force=force, on_progress=show
            )
        except KeyboardInterrupt:
            raise click.ClickException(
                "stopped. The grades so far are stored; run the same command to continue."
            ) from None
    for outcome in outcomes:
        echo(outcome.line())
    echo(summary(outcomes))
    if waiting := count_to_read(classroom, assignments):
        have = "has" if waiting == 1 else "have"
        echo(f"{waiting} of them {have} answers for you to read: capslab lab --class {folder}")


@assignment.command()
@FOLDER
@ONLY
def feedback(folder: Path, only: tuple[str, ...]) -> None:
    """Write a feedback page for every student.

    The pages of all graded submissions go to DIR/feedback.
    """
    from capslab.classroom.feedback_page import feedback
    from capslab.classroom.folder import Classroom

    classroom = Classroom.open(folder)
    pages = feedback(classroom, classroom.assignments(only))
    count = f"{len(pages)} page{'s' * (len(pages) != 1)}"
    echo(f"{count} in {classroom.root / 'feedback'}." if pages else "Nothing is graded yet.")


@assignment.command()
@FOLDER
@ONLY
@click.option("--csv", "file", required=True, type=click.Path(path_type=Path), help="The table to write.")
def grades(folder: Path, only: tuple[str, ...], file: Path) -> None:
    """Write a table of all grades."""
    from capslab.classroom.feedback_page import write_table
    from capslab.classroom.folder import Classroom

    classroom = Classroom.open(folder)
    write_table(classroom, classroom.assignments(only), file)
    echo(f"The grades are in {file}.")
