"""`capslab assignment`: release, collect, grade, feedback, grades."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from capslab.grading.outcome import Outcome

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
ONLY = click.option(
    "--assignment", "-a", "only", multiple=True, help="Only this one (04, or its name); may be repeated."
)


@click.group()
def assignment() -> None:
    """For an instructor: hand out notebooks as assignments, grade a class, give feedback."""


@assignment.command()
@click.argument("notebooks", nargs=-1, required=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def release(notebooks: tuple[str, ...], folder: Path) -> None:
    """Make assignments of notebooks (04 06, or names) in the class's folder DIR.

    What to hand out is then in DIR/release. Solutions and hidden checks stay with you.
    """
    from capslab.course.places import find, sources
    from capslab.grading.classroom import Classroom
    from capslab.grading.releasing import release

    known = sources()
    if not known:
        raise click.ClickException("releasing needs a checkout of capslab, which has the notebooks' sources.")
    for path in release(find(notebooks, known), Classroom(folder)):
        click.echo(f"Hand out {path}")


@assignment.command()
@FOLDER
@click.option(
    "--from", "given", type=click.Path(path_type=Path, exists=True),
    help="A folder or .zip from your learning platform (default: DIR/downloaded).",
)  # fmt: skip
def collect(folder: Path, given: Path | None) -> None:
    """Sort what students handed in into DIR/submitted/STUDENT/NOTEBOOK."""
    from capslab.grading.classroom import Classroom
    from capslab.grading.collecting import collect

    room = Classroom.opened(folder)
    found = collect(room, given)
    for one in found:
        if one.words:
            click.echo(f"✗ {one.file}: {one.words}")
    students = {one.student for one in found if one.student}
    new = sum(one.new for one in found)
    click.echo(
        f"{new} new files of {len(students)} students; {len(found) - new} were there or have no place."
    )
    if not found:
        click.echo(f"Put what your platform gives you into {room.root / 'downloaded'}.")


@assignment.command()
@FOLDER
@ONLY
@click.option("--workers", default=0, help="Submissions at a time (default: one for each processor).")
@click.option("--seconds", default=30.0, show_default=True, help="Computing time for each function.")
@click.option("--memory", default=1500, show_default=True, help="Memory of one submission, in MB.")
@click.option("--force", is_flag=True, help="Also what was graded before.")
def grade(
    folder: Path, only: tuple[str, ...], workers: int, seconds: float, memory: int, force: bool
) -> None:
    """Grade what was handed in. A run that is stopped goes on where it was."""
    from tqdm import tqdm

    from capslab.grading.classroom import Classroom
    from capslab.grading.grade import grade, summary
    from capslab.grading.sandbox import Limits

    room = Classroom.opened(folder)
    limits = Limits(cpu_s=seconds, wall_s=2 * seconds, memory_mb=memory)
    with tqdm(unit="submission", disable=not sys.stderr.isatty(), leave=False) as bar:

        def told(now: int, of: int, outcome: Outcome) -> None:
            bar.total = of
            bar.set_postfix_str(outcome.student)
            bar.update()

        try:
            done = grade(room, room.assignments(only), workers=workers, limits=limits, force=force, told=told)
        except KeyboardInterrupt:
            raise click.ClickException("stopped. What is graded is kept; the same command goes on.") from None
    for outcome in done:
        click.echo(outcome.line())
    click.echo(summary(done))


@assignment.command()
@FOLDER
@ONLY
def feedback(folder: Path, only: tuple[str, ...]) -> None:
    """Write a page for every graded submission to DIR/feedback."""
    from capslab.grading.classroom import Classroom
    from capslab.grading.reporting import feedback

    room = Classroom.opened(folder)
    pages = feedback(room, room.assignments(only))
    click.echo(f"{len(pages)} pages in {room.root / 'feedback'}." if pages else "Nothing is graded yet.")


@assignment.command()
@FOLDER
@ONLY
@click.option("--csv", "file", required=True, type=click.Path(path_type=Path), help="The table to write.")
def grades(folder: Path, only: tuple[str, ...], file: Path) -> None:
    """Write everybody's grades and outcomes to a table."""
    from capslab.grading.classroom import Classroom
    from capslab.grading.reporting import save

    room = Classroom.opened(folder)
    save(room, room.assignments(only), file)
    click.echo(f"Grades are in {file}.")
