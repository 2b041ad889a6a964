"""The sentences about what was looked for in the cluster view; js/src/clusters/caption.js writes the same."""

from __future__ import annotations

from capslab.clustering import cluster_name


def class_sentence(name: str, counts: list[int], all_drawn: bool = True) -> str:
    """In which clusters the images of a class are, the fullest first; `counts` holds one number per cluster.

    >>> class_sentence("3", [40, 0, 120, 7, 5])
    'Class 3: 172 images, 120 in cluster C, 40 in A, 7 in D, and 5 in 1 other cluster.'
    """
    total = sum(counts)
    kind = "image" if all_drawn else "drawn image"
    start = f"Class {name}: {total:,} {kind}{'' if total == 1 else 's'}"
    order = sorted((c for c in range(len(counts)) if counts[c]), key=lambda c: (-counts[c], c))
    if not order:
        return f"{start}."
    if len(order) == 1:
        return f"{start}, all in cluster {cluster_name(order[0])}."
    first = [f"{counts[c]:,} in {'' if i else 'cluster '}{cluster_name(c)}" for i, c in enumerate(order[:3])]
    others = order[3:]
    if not others:
        return f"{start}, {', '.join(first[:-1])} and {first[-1]}."
    rest = sum(counts[c] for c in others)
    plural = "cluster" if len(others) == 1 else "clusters"
    return f"{start}, {', '.join(first)}, and {rest:,} in {len(others)} other {plural}."


def image_sentence(
    position: int, cluster: int, near: int, same_cluster: int, name: str = "", same_class: int = 0
) -> str:
    """Where an image lies, and how many of its `near` nearest neighbours share its cluster and its class.

    >>> image_sentence(512, 1, 8, 7)
    'Image 512 is in cluster B; of its 8 nearest neighbours 7 are in that cluster.'
    >>> image_sentence(5, 0, 1, 1, "3", 1)
    'Image 5 (class 3) is in cluster A; of its 1 nearest neighbour 1 is in that cluster and 1 is of class 3.'
    """
    kind = f" (class {name})" if name else ""
    start = f"Image {position:,}{kind} is in cluster {cluster_name(cluster)}"
    if not near:
        return f"{start}."
    neighbours = "neighbour" if near == 1 else "neighbours"
    text = f"{start}; of its {near} nearest {neighbours} {_are(same_cluster)} in that cluster"
    return f"{text} and {_are(same_class)} of class {name}." if name else f"{text}."


def _are(count: int) -> str:
    return f"{count} {'is' if count == 1 else 'are'}"


def not_drawn(position: int) -> str:
    """For an image that the sample has left out.

    >>> not_drawn(70000)
    'Image 70,000 is not among the images drawn.'
    """
    return f"Image {position:,} is not among the images drawn."
