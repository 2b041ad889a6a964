"""`closing` collects the verdicts of a lesson in a table, beside what others have found."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capslab.errors import ArgumentError, Verbatim
from capslab.lessons.first_edition_verdict import OUTCOMES, JudgedInWords
from capslab.lessons.verdict import Verdict
from capslab.lessons.verdict_rule import SIGNS

ALL_SIGNS = {**OUTCOMES, **SIGNS}


@dataclass(frozen=True)
class ClosingRow:
    """One row of a closing table: a verdict, the number behind it, and what the literature says.

    Attributes
    ----------
    verdict : what `verdict` or `judged_in_words` returned.
    number : the number that decides, in a few words.
    literature : who agrees and who does not, with references.
    """

    verdict: Verdict | JudgedInWords
    number: str
    literature: str

    @property
    def outcome(self) -> str:
        """The sign and the word."""
        return f"{ALL_SIGNS[self.verdict.outcome]} {self.verdict.outcome}"


@dataclass(frozen=True)
class ClosingTable:
    """The table at the end of a notebook: one row per claim, with its number, verdict and literature."""

    rows: tuple[ClosingRow, ...]

    def __str__(self) -> str:
        return "\n".join(
            f"{row.outcome}: “{row.verdict.claim.sentence}” | {row.number} | {row.literature}"
            for row in self.rows
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        names = ("claim", "what was measured here", "verdict", "the literature")
        heads = "".join(f"<th scope='col' style='text-align:left'>{name}</th>" for name in names)
        body = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: ClosingRow) -> str:
    cells = (
        escape(row.verdict.claim.sentence),
        escape(row.number),
        f"<strong>{row.outcome}</strong>",
        escape(row.literature),
    )
    return "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells)


def closing(*rows: tuple[Verdict | JudgedInWords, str, str] | tuple[Verdict, str]) -> ClosingTable:
    """A table of verdicts, each with its number and what the literature says about the claim.

    Parameters
    ----------
    rows : `(verdict, number, literature)`. Of a verdict that was reached from samples,
        `(verdict, literature)` is enough, as it knows its number and interval.

    Raises
    ------
    ArgumentError : for a row of another form.

    Examples
    --------
    >>> from capslab.lessons.verdict import verdict
    >>> gan = verdict("vae-is-gan", fact=False, evidence="There is no discriminator.")
    >>> closing((gan, "no discriminator", "Goodfellow et al. 2014 have two players"))
    ✗ refuted: “a VAE is a variant of a GAN” | no discriminator | Goodfellow et al. 2014 have two players
    """
    made = []
    for row in rows:
        if not isinstance(row, tuple) or len(row) not in (2, 3) or not hasattr(row[0], "outcome"):
            length = f" of {len(row)}" if isinstance(row, tuple) else ""
            received = Verbatim(f"a {type(row).__name__}{length}")
            step = 'Write closing((judged, "what was measured", "what others found")).'
            raise ArgumentError("rows", "rows of a verdict, its number and the literature", received, step)
        number = row[1] if len(row) == 3 else row[0].number or row[0].evidence
        made.append(ClosingRow(row[0], number, row[-1]))
    return ClosingTable(tuple(made))
