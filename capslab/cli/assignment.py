"""`capslab assignment`: release, collect, grade, feedback, grades."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from capslab.classroom.outcome import Outcome

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
ONLY = click.option(
    "--assignment", "-a", "only", multiple=True, help="Only this one (04, or its name); may be repeated."
)
BAR = "{desc}: {n_fmt} of {total_fmt} |{bar}| {elapsed}, {remaining} left"


@click.group()
def assignment() -> None:
    """For an instructor: hand out notebooks as assignments, grade a class, give feedback."""


@assignment.command()
@click.argument("notebooks", nargs=-1, required=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def release(notebooks: tuple[str, ...], folder: Path) -> None:
    """Make assignments of notebooks.

    NOTEBOOKS are numbers or names (04 06), DIR is the class's folder; a new one is made. What to hand
    out is then in DIR/release. Solutions and hidden checks stay with you.
    """
    from capslab.classroom.folder import Classroom
    from capslab.classroom.release import release
    from capslab.course.paths import find, sources

    known = sources()
    if not known:
        raise click.ClickException("releasing needs a checkout of capslab, which has the notebooks' sources.")
    room = Classroom(folder)
    for path in release(find(notebooks, known), room):
        click.echo(f"Hand out {path}")
    click.echo(
        f"What comes back goes into {room.root / 'downloaded'}; then: capslab assignment collect {folder}"
    )


@assignment.command()
@FOLDER
@click.option(
    "--from", "given", type=click.Path(path_type=Path, exists=True),
    help="A folder or .zip from your learning platform (default: DIR/downloaded).",
)  # fmt: skip
def collect(folder: Path, given: Path | None) -> None:
    """Sort what students handed in.

    Each file goes to DIR/submitted/STUDENT/NOTEBOOK, where `grade` looks for it.
    """
    from capslab.classroom.collect import collect
    from capslab.classroom.folder import Classroom

    room = Classroom.opened(folder)
    found = collect(room, given)
    for one in found:
        if one.words:
            click.echo(f"✗ {one.file}: {one.words}")
    students = {one.student for one in found if one.student}
    new, lost = sum(one.new for one in found), sum(bool(one.words) for one in found)
    said = [f"{new} new file{'s' * (new != 1)}", f"{len(found) - new - lost} there already"]
    said += [f"{lost} without a place (see above)"] if lost else []
    click.echo(f"{', '.join(said)}; {len(students)} student{'s' * (len(students) != 1)} in all.")
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

    from capslab.classroom.feedback import to_read
    from capslab.classroom.folder import Classroom
    from capslab.classroom.grade import grade, summary
    from capslab.classroom.process_monitor import Limits

    room = Classroom.opened(folder)
    limits = Limits(cpu_s=seconds, wall_s=2 * seconds, memory_mb=memory)
    with tqdm(disable=not sys.stderr.isatty(), leave=False, bar_format=BAR) as bar:
        bar.set_description_str("Our own solutions first")

        def told(now: int, of: int, outcome: Outcome) -> None:
            bar.total = of
            bar.set_description_str(outcome.student[:24], refresh=False)
            bar.update()

        try:
            done = grade(room, room.assignments(only), workers=workers, limits=limits, force=force, told=told)
        except KeyboardInterrupt:
            raise click.ClickException("stopped. What is graded is kept; the same command goes on.") from None
    for outcome in done:
        click.echo(outcome.line())
    click.echo(summary(done))
    if waiting := to_read(room, room.assignments(only)):
        have = "has" if waiting == 1 else "have"
        click.echo(f"{waiting} of them {have} answers that wait for you: capslab lab --class {folder}")


@assignment.command()
@FOLDER
@ONLY
def feedback(folder: Path, only: tuple[str, ...]) -> None:
    """Write a page for every student.

    The pages of all graded submissions go to DIR/feedback.
    """
    from capslab.classroom.feedback import feedback
    from capslab.classroom.folder import Classroom

    room = Classroom.opened(folder)
    pages = feedback(room, room.assignments(only))
    many = f"{len(pages)} page{'s' * (len(pages) != 1)}"
    click.echo(f"{many} in {room.root / 'feedback'}." if pages else "Nothing is graded yet.")


@assignment.command()
@FOLDER
@ONLY
@click.option("--csv", "file", required=True, type=click.Path(path_type=Path), help="The table to write.")
def grades(folder: Path, only: tuple[str, ...], file: Path) -> None:
    """Write a table of all grades."""
    from capslab.classroom.feedback import save
    from capslab.classroom.folder import Classroom

    room = Classroom.opened(folder)
    save(room, room.assignments(only), file)
    click.echo(f"Grades are in {file}.")
