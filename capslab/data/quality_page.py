"""A `QualityReport` in words, and as a page with thumbnails; every name is escaped."""

from __future__ import annotations

import base64
import io
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

SHOWN = 8  # thumbnails of one finding
TALL = 56  # pixels of a thumbnail on the page
LISTED = 12  # files that are named before "and … more"


@dataclass(frozen=True)
class ReportRow:
    """One finding: a sign (✓ or !), what it is, what was found, and images to show with words each."""

    sign: str
    what: str
    found: str
    shown: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def report_rows(report: Any) -> list[ReportRow]:
    """All findings, in the order in which one deals with them."""
    return [
        _left_out(report),
        _sizes(report),
        _levels(report),
        _of_positions(report, "blank images", report.blank, "show nothing"),
        _of_positions(report, "inverted", report.inverted, "light where most are dark, or the reverse"),
        _copies(report),
        _near(report),
        _of_positions(report, "leaks", report.leaks, "held out, with a copy among those to train on"),
        _balance(report),
        _suspicious(report),
    ]


def as_text(report: Any) -> str:
    """The report in lines of words."""
    lines = [f"Report on {report.images!r}"]
    for row in report_rows(report):
        lines.append(f"{row.sign} {row.what}: {row.found}")
        lines += [f"    {line}" for line in row.lines]
    return "\n".join(lines)


def as_html(report: Any) -> str:
    """The report as a table; what is wrong has a sign and a word, not only a colour."""
    body = []
    for row in report_rows(report):
        pictures = "".join(_thumbnail(report, i, words) for i, words in row.shown[:SHOWN])
        lines = "".join(f"<div>{escape(line)}</div>" for line in row.lines)
        edge = "#009e73" if row.sign == "✓" else "#d55e00"
        cell = "text-align:left;vertical-align:top;padding:4px 8px"
        body.append(
            f'<tr><td style="{cell};border-left:4px solid {edge}">{row.sign}</td>'
            f'<th scope="row" style="{cell};white-space:nowrap">{escape(row.what)}</th>'
            f'<td style="{cell}">{escape(row.found)}{lines}<div>{pictures}</div></td></tr>'
        )
    return (
        '<table style="border-collapse:collapse;font-size:13px">'
        f'<caption style="text-align:left;padding:4px 0"><strong>Report</strong> on '
        f"{escape(repr(report.images))}</caption>{''.join(body)}</table>"
    )


def _left_out(report: Any) -> ReportRow:
    left = report.skipped
    if not left:
        return ReportRow(
            "✓", "left out", "no file" if report.images.origin else "nothing: an array, not files"
        )
    lines = [f"{one.name}: {one.why}" for one in left[:LISTED]]
    if len(left) > LISTED:
        rest = Counter(one.why for one in left[LISTED:]).most_common(3)
        told = "; ".join(f"{count:,} × {why}" for why, count in rest)
        lines.append(f"and {len(left) - LISTED:,} more: {told}")
    return ReportRow("!", "left out", _many(len(left), "file"), lines=lines)


def _sizes(report: Any) -> ReportRow:
    height, width, channels = report.images.image_shape
    now = f"{height}×{width}, {'grey' if channels == 1 else 'colour'}"
    origin = report.images.origin
    if origin is None:
        return ReportRow("✓", "size", now)
    found = Counter(map(tuple, origin.sizes.tolist()))
    common = [f"{count:,} of {h:,}×{w:,}" for (h, w), count in found.most_common(3)]
    more = f" and {len(found) - 3:,} other sizes" if len(found) > 3 else ""
    sign = "!" if len(found) > 1 else "✓"
    return ReportRow(sign, "size", f"{now}; in the files {', '.join(common)}{more}", lines=list(report.notes))


def _levels(report: Any) -> ReportRow:
    low, mean, high = report.levels
    dull = high < 128
    told = f"from {low} to {high} of 0…255, {mean:.0f} in the mean"
    return ReportRow("!" if dull else "✓", "grey levels", told + (": the brightest is dark" if dull else ""))


def _of_positions(report: Any, what: str, positions: np.ndarray, told: str) -> ReportRow:
    if not len(positions):
        return ReportRow("✓", what, "none")
    shown = [(int(i), _name(report, i)) for i in positions[:SHOWN]]
    return ReportRow("!", what, f"{_many(len(positions), 'image')}: {told}", shown)


def _copies(report: Any) -> ReportRow:
    if not report.copies:
        return ReportRow("✓", "exact copies", "none")
    extra = sum(len(group) - 1 for group in report.copies)
    told = f"{_many(extra, 'image')} beyond the first of {_many(len(report.copies), 'group')}"
    if report.contradicting:
        told += f"; {_many(len(report.contradicting), 'group')} with labels that contradict each other"
    groups = report.contradicting + tuple(g for g in report.copies if g not in report.contradicting)
    return ReportRow(
        "!", "exact copies", told, [(i, _name(report, i)) for group in groups for i in group[:2]]
    )


def _near(report: Any) -> ReportRow:
    if not len(report.near_copies):
        return ReportRow("✓", "near copies", "none" + _of_some(report))
    shown = [(int(i), _name(report, i)) for pair in report.near_copies for i in pair]
    return ReportRow("!", "near copies", _many(len(report.near_copies), "pair") + _of_some(report), shown)


def _balance(report: Any) -> ReportRow:
    if not report.counts:
        return ReportRow("✓", "classes", "no labels")
    many = sorted(report.counts.items(), key=lambda item: item[1])
    if len(many) == 1:
        return ReportRow("!", "classes", f"one only, {many[0][0]!r}: nothing to tell apart")
    told = f"{len(many)}; fewest {many[0][1]:,} ({many[0][0]}), most {many[-1][1]:,} ({many[-1][0]})"
    uneven = report.imbalance > 3 or not many[0][1]
    return ReportRow("!" if uneven else "✓", "classes", told + (": far from even" if uneven else ""))


def _suspicious(report: Any) -> ReportRow:
    if not len(report.suspicious):
        return ReportRow("✓", "doubtful labels", "none" + _of_some(report))
    images = report.images
    shown = [
        (int(i), f"{images.classes[images.labels[i]]}, by neighbours {images.classes[s]}")
        for i, s in zip(report.suspicious[:SHOWN], report.suggested[:SHOWN], strict=True)
    ]
    told = f"{_many(len(report.suspicious), 'image')} whose nearest neighbours agree on another class"
    return ReportRow("!", "doubtful labels", told + _of_some(report), shown)


def _of_some(report: Any) -> str:
    n = len(report.images)
    compared = report.compared + len(report.blank)
    return f" ({report.compared:,} of {n:,} images compared)" if compared < n else ""


def _name(report: Any, i: int) -> str:
    origin = report.images.origin
    return f"image {i}" if origin is None else str(origin.names[i])


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _thumbnail(report: Any, i: int, words: str) -> str:
    from PIL import Image

    pixels = report.images.images[i]
    pixels = pixels[..., 0] if pixels.shape[2] < 3 else pixels[..., :3]
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    height, width = pixels.shape[:2]
    told = escape(words, quote=True)
    return (
        f'<img alt="{told}" title="{told}" height="{TALL}" width="{max(1, round(TALL * width / height))}" '
        'style="display:inline-block;image-rendering:pixelated;margin:3px;border:1px solid #bbb" '
        f'src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}">'
    )
