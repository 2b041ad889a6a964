"""The cloud without a browser: how a point in space lands on the screen, and the still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

#: how far the eye is from the middle of the cloud, whose farthest point is 1 away
DISTANCE = 4.0


def turned(points: np.ndarray, angles: tuple[float, float]) -> np.ndarray:
    """Where points of the cloud are seen, and how near they are.

    The cloud is turned by a about the upright axis, then tilted by b about the axis that runs across. What is
    nearer looks larger, by the factor D / (D − depth) with D = 4. js/src/cloud/turning.js computes the same.

    Parameters
    ----------
    points : `(n, 3)`: across, up, towards the eye.
    angles : a and b in degrees.

    Returns
    -------
    float64 `(n, 3)`: across, up, and depth; a larger depth is nearer.

    Examples
    --------
    >>> turned(np.array([[0.0, 0.0, 1.0]]), (90, 0)).round(3).tolist()  # what was in front is on the right
    [[1.0, 0.0, 0.0]]
    """
    a, b = np.radians(angles)
    x, y, z = np.asarray(points, np.float64).T
    across, back = np.cos(a) * x + np.sin(a) * z, np.cos(a) * z - np.sin(a) * x
    up, depth = np.cos(b) * y - np.sin(b) * back, np.sin(b) * y + np.cos(b) * back
    size = DISTANCE / (DISTANCE - depth)
    return np.stack([across * size, up * size, depth], axis=1)


def angle_words(space: str, angles: tuple[float, float]) -> str:
    """What is drawn, and from where it is seen; js/src/cloud/turning.js writes the same.

    >>> angle_words("Its own three dimensions", (30, -15))
    'Its own three dimensions, turned by 30° and tilted by −15°.'
    """
    turn, tilt = (f"{round(angle)}".replace("-", "−") for angle in angles)
    return f"{space}, turned by {turn}° and tilted by {tilt}°."


def draw(points: np.ndarray, labels: np.ndarray, angles: tuple[float, float], title: str) -> Any:
    """The cloud from where it is seen now, the nearer points over those behind them.

    Parameters
    ----------
    points : `(m, 3)`; labels : the cluster of each point, `(m,)`.
    """
    from capslab import plots

    seen = turned(points, angles)
    order = np.argsort(seen[:, 2], kind="stable")
    figure: Any = plots.scatter(seen[order, :2], labels[order], title=title)
    figure.axes[0].set(xticks=[], yticks=[], xlabel="", ylabel="")  # places on a screen have no unit
    return figure
