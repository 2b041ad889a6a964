"""The cost of wrong labels, on images whose neighbours one can count by hand."""

import numpy as np
import pytest

from capslab.data import Images
from capslab.errors import ArgumentError
from capslab.lessons import wrong_labels


def dots(classes=(0, 1), each=20, part=0, seed=0):
    """Images of class c that are grey 40 + 100 c, a little different from each other."""
    random = np.random.default_rng(seed)
    labels = np.repeat(classes, each)
    pixels = (40 + 100 * labels)[:, None, None] + random.integers(0, 9, (len(labels), 8, 8))
    return Images(pixels.astype(np.uint8), labels, parts=np.full(len(labels), part, np.uint8))


def test_without_wrong_labels_neighbours_are_right_and_a_vote_outlasts_random_mistakes():
    one, ten = (
        wrong_labels.accuracies(dots(), dots(part=2, seed=1), [0, 0.2], neighbours=m) for m in (1, 10)
    )
    assert one.shape == ten.shape == (wrong_labels.REPEATS, 2)
    assert (one[:, 0] == 1).all()
    assert (ten[:, 0] == 1).all()
    assert one[:, 1].mean() < 0.9 < ten[:, 1].mean()


@pytest.mark.parametrize("kind", wrong_labels.KINDS)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_as_many_labels_are_wrong_as_asked_for(kind, share):
    images = dots((0, 2, 5))
    spoilt = wrong_labels._spoilt(images, share, kind, seed=3)
    assert (spoilt != images.labels).mean() == pytest.approx(share, abs=0.02)
    assert set(spoilt) <= {0, 2, 5}, "only classes that occur"


def test_a_rule_takes_the_images_with_the_least_ink_of_each_class_and_names_them_after_the_next():
    images = dots((0, 1, 2), each=10)
    spoilt = wrong_labels._spoilt(images, 0.3, "by a rule", seed=0)
    ink = images.images.mean(axis=(1, 2, 3))
    for label, following in ((0, 1), (1, 2), (2, 0)):
        of_class = np.flatnonzero(images.labels == label)
        wrong = of_class[spoilt[of_class] != label]
        assert (spoilt[wrong] == following).all()
        assert set(wrong) == set(of_class[np.argsort(ink[of_class], kind="stable")[:3]])
    again = wrong_labels._spoilt(images, 0.3, "by a rule", seed=9)
    assert (again == spoilt).all()


def test_a_vote_goes_to_the_most_frequent_label_and_the_lowest_of_several():
    votes = np.array([[2, 2, 0], [1, 0, 2], [1, 2, 2]])
    assert wrong_labels._most_frequent(votes, 3).tolist() == [2, 0, 2]


def test_what_cannot_be_spoilt_is_refused(fails):
    images = dots()
    with fails(ArgumentError, "kind", names="'by a rule'"):
        wrong_labels.accuracies(images, images, [0], "by rule")
    with fails(ArgumentError, "shares"):
        wrong_labels.accuracies(images, images, [0, 30])
    with fails(ArgumentError, "images"):
        wrong_labels.accuracies(Images(images.images), images, [0])
