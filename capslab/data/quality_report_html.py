"""A `QualityReport` as text, and as an HTML table with thumbnails; every name is escaped."""

from __future__ import annotations

import base64
import io
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np

MOST_THUMBNAILS = 8  # in one row of the table
THUMBNAIL_HEIGHT = 56  # pixels on the page
MOST_FILES = 12  # that are listed by name before "and … more"


@dataclass(frozen=True)
class ReportRow:
    """One row of the report.

    Attributes
    ----------
    sign : ✓ for fine, ! for a problem.
    title : what was checked.
    result : the outcome in words.
    thumbnails : positions of images to show, each with its caption.
    details : further lines of text.
    """

    sign: str
    title: str
    result: str
    thumbnails: list[tuple[int, str]] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


def report_rows(report: Any) -> list[ReportRow]:
    """All rows, in the order in which one would deal with them."""
    return [
        _skipped(report),
        _sizes(report),
        _levels(report),
        *_background(report),
        _of_positions(report, "blank images", report.blank, "nothing to see in them"),
        _of_positions(
            report,
            "background unlike the rest",
            report.inverted,
            "a light border where most are dark, or the reverse",
        ),
        _copies(report),
        _near_copies(report),
        _of_positions(report, "leaks", report.leaks, "in validation or test, with a copy in training"),
        _balance(report),
        _suspicious(report),
    ]


def as_text(report: Any) -> str:
    """The report as lines of text."""
    lines = [f"Report on {report.images!r}"]
    for row in report_rows(report):
        lines.append(f"{row.sign} {row.title}: {row.result}")
        lines += [f"    {line}" for line in row.details]
    return "\n".join(lines)


def as_html(report: Any) -> str:
    """The report as an HTML table; a problem is marked by a sign and a word, not by colour alone."""
    body = []
    for row in report_rows(report):
        pictures = "".join(_thumbnail(report, i, caption) for i, caption in row.thumbnails[:MOST_THUMBNAILS])
        lines = "".join(f"<div>{escape(line)}</div>" for line in row.details)
        edge = "#009e73" if row.sign == "✓" else "#d55e00"
        cell = "text-align:left;vertical-align:top;padding:4px 8px"
        body.append(
            f'<tr><td style="{cell};border-left:4px solid {edge}">{row.sign}</td>'
            f'<th scope="row" style="{cell};white-space:nowrap">{escape(row.title)}</th>'
            f'<td style="{cell}">{escape(row.result)}{lines}<div>{pictures}</div></td></tr>'
        )
    return (
        '<table style="border-collapse:collapse;font-size:13px">'
        f'<caption style="text-align:left;padding:4px 0"><strong>Report</strong> on '
        f"{escape(repr(report.images))}</caption>{''.join(body)}</table>"
    )


def _skipped(report: Any) -> ReportRow:
    skipped = report.skipped
    if not skipped:
        return ReportRow(
            "✓", "skipped files", "none" if report.images.origin else "none: an array, not files"
        )
    details = [f"{file.name}: {file.reason}" for file in skipped[:MOST_FILES]]
    if len(skipped) > MOST_FILES:
        reasons = Counter(file.reason for file in skipped[MOST_FILES:]).most_common(3)
        rest = "; ".join(f"{count:,} × {reason}" for reason, count in reasons)
        details.append(f"and {len(skipped) - MOST_FILES:,} more: {rest}")
    tidy = sum(file.housekeeping for file in skipped)
    if tidy == len(skipped):
        result = f"{tidy:,} of the system's own"
        return ReportRow("✓", "skipped files", result, details=details)
    result = _plural(len(skipped) - tidy, "file") + (f", and {tidy:,} of the system's own" if tidy else "")
    return ReportRow("!", "skipped files", result, details=details)


def _sizes(report: Any) -> ReportRow:
    height, width, channels = report.images.image_shape
    size = f"{height}×{width}, {'grey' if channels == 1 else 'colour'}"
    origin = report.images.origin
    if origin is None:
        return ReportRow("✓", "size", size)
    sizes = Counter(map(tuple, origin.sizes.tolist()))
    common = [f"{count:,} of {h:,}×{w:,}" for (h, w), count in sizes.most_common(3)]
    more = f" and {len(sizes) - 3:,} other sizes" if len(sizes) > 3 else ""
    sign = "!" if len(sizes) > 1 else "✓"
    return ReportRow(
        sign, "size", f"{size}; in the files {', '.join(common)}{more}", details=list(report.notes)
    )


def _levels(report: Any) -> ReportRow:
    low, mean, high = report.levels
    dark = high < 128
    result = f"from {low} to {high} of 0…255, mean {mean:.0f}"
    return ReportRow(
        "!" if dark else "✓", "grey levels", result + (": even the brightest is dark" if dark else "")
    )


def _background(report: Any) -> list[ReportRow]:
    """One row; none where the row on backgrounds unlike the rest says all, or one image would get ✓ and !."""
    light, n = len(report.light), len(report.images) - len(report.blank)
    if not report.is_dark_on_light:
        result = f"light in {light:,} of {n:,} images"
        return [] if len(report.inverted) else [ReportRow("✓", "background", result)]
    result = f"light in {light:,} of {n:,} images: they are dark on light, and MNIST is light on dark"
    advice = "images.inverted() exchanges black and white, as networks trained on MNIST need it."
    thumbnails = [(int(i), _name(report, i)) for i in report.light[:3]]
    return [ReportRow("!", "background", result, thumbnails, [advice])]


def _of_positions(report: Any, title: str, positions: np.ndarray, meaning: str) -> ReportRow:
    if not len(positions):
        return ReportRow("✓", title, "none")
    thumbnails = [(int(i), _name(report, i)) for i in positions[:MOST_THUMBNAILS]]
    return ReportRow("!", title, f"{_plural(len(positions), 'image')}: {meaning}", thumbnails)


def _copies(report: Any) -> ReportRow:
    if not report.copies:
        return ReportRow("✓", "exact copies", "none")
    extra = sum(len(group) - 1 for group in report.copies)
    result = f"{_plural(extra, 'image')} beyond the first of {_plural(len(report.copies), 'group')}"
    if report.contradicting:
        result += f"; {_plural(len(report.contradicting), 'group')} with labels that contradict each other"
    groups = report.contradicting + tuple(same for same in report.copies if same not in report.contradicting)
    return ReportRow(
        "!", "exact copies", result, [(i, _name(report, i)) for group in groups for i in group[:2]]
    )


def _near_copies(report: Any) -> ReportRow:
    if not len(report.near_copies):
        return ReportRow("✓", "near copies", "none" + _coverage(report))
    thumbnails = [(int(i), _name(report, i)) for pair in report.near_copies for i in pair]
    result = _plural(len(report.near_copies), "pair") + _coverage(report)
    return ReportRow("!", "near copies", result, thumbnails)


def _balance(report: Any) -> ReportRow:
    if not report.counts:
        return ReportRow("✓", "classes", "no labels")
    by_size = sorted(report.counts.items(), key=lambda item: item[1])
    (rarest, fewest), (commonest, most) = by_size[0], by_size[-1]
    if len(by_size) == 1:
        return ReportRow("!", "classes", f"only one, {rarest!r}: nothing to tell apart")
    result = f"{len(by_size)}; fewest images {fewest:,} ({rarest}), most {most:,} ({commonest})"
    imbalanced = report.imbalance > 3 or not fewest
    return ReportRow("!" if imbalanced else "✓", "classes", result + (": imbalanced" if imbalanced else ""))


def _suspicious(report: Any) -> ReportRow:
    if not len(report.suspicious):
        return ReportRow("✓", "doubtful labels", "none" + _coverage(report))
    images = report.images
    thumbnails = [
        (int(i), f"{images.classes[images.labels[i]]}, its neighbours: {images.classes[suggested]}")
        for i, suggested in zip(
            report.suspicious[:MOST_THUMBNAILS], report.suggested[:MOST_THUMBNAILS], strict=True
        )
    ]
    result = f"{_plural(len(report.suspicious), 'image')} whose nearest neighbours agree on another class"
    return ReportRow("!", "doubtful labels", result + _coverage(report), thumbnails)


def _coverage(report: Any) -> str:
    """How many images were compared, if not all were."""
    n = len(report.images)
    compared = report.compared + len(report.blank)
    return f" ({report.compared:,} of {n:,} images compared)" if compared < n else ""


def _name(report: Any, i: int) -> str:
    origin = report.images.origin
    return f"image {i}" if origin is None else str(origin.names[i])


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _thumbnail(report: Any, i: int, caption: str) -> str:
    from PIL import Image

    pixels = report.images.images[i]
    pixels = pixels[..., 0] if pixels.shape[2] < 3 else pixels[..., :3]
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG")
    height, width = pixels.shape[:2]
    alt = escape(caption, quote=True)
    return (
        f'<img alt="{alt}" title="{alt}" height="{THUMBNAIL_HEIGHT}" '
        f'width="{max(1, round(THUMBNAIL_HEIGHT * width / height))}" '
        'style="display:inline-block;image-rendering:pixelated;margin:3px;border:1px solid #bbb" '
        f'src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}">'
    )
