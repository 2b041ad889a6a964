"""The one line that is printed when images of your own were read."""

from __future__ import annotations

from collections.abc import Iterable

from capslab.data.images import Images


def print_summary(images: Images, notes: Iterable[str]) -> None:
    """Print what was loaded, and everything that was assumed or changed on the way."""
    height, width, channels = images.image_shape
    colour = {1: "grey", 3: "colour"}.get(channels, f"{channels} channels")
    facts = [f"{len(images):,} image{'' if len(images) == 1 else 's'} of {height}×{width}, {colour}"]
    notes = [note for note in notes if note]
    if images.labels is None and not any(note.startswith("no labels") for note in notes):
        facts.append("no labels")
    facts += notes
    print(f"{images.name}: {'; '.join(facts)}.")
