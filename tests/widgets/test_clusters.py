"""The views of clusters from Python: traits, words, state, code, bad input."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from common import numbers_in

import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding
from capslab.errors import ArgumentError
from capslab.widgets.shared import cluster_captions, cluster_images, format_text, projection


def blobs(n=240, d=4, groups=4, labelled=True, seed=0, source="blobs", supervised=False, decode=None):
    """Separate blobs: the truth is known, so words and scores are too."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % groups
    middles = 40 * np.eye(groups, d) if d >= groups else 40 * np.arange(groups)[:, None] * np.ones((1, d))
    vectors = (middles[truth] + rng.normal(size=(n, d))).astype(np.float32)
    pixels = np.zeros((n, 8, 8, 1), np.uint8)
    pixels[np.arange(n), truth, :] = 255  # class c is a bright row c
    images = Images(pixels, truth if labelled else None, tuple("abcd"[:groups]) if labelled else ())
    labels = truth if labelled else None
    return Embedding(vectors, labels, images, source, supervised, decode)


@pytest.fixture(scope="module")
def embedding():
    return blobs()


@pytest.fixture(scope="module")
def path(embedding):
    return cl.cluster(embedding, n_clusters=range(2, 9))


def test_the_words_name_k_the_scores_and_how_the_vectors_were_made(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    found = path.at(4).scores
    scores = [f"{found.matched_accuracy:.2f}", f"{found.silhouette:.2f}"]
    assert numbers_in(view.words)[:3] == ["4", *scores] == ["4", "1.00", scores[1]]
    assert cluster_captions.origin("blobs", supervised=False) in view.words
    view.k = 3
    table = np.array(
        [np.bincount(embedding.labels[path.path_labels_[1] == c], minlength=4) for c in range(3)]
    )
    assert numbers_in(view.words)[0] == "3"
    assert cluster_captions.composition(table, list("abcd")) in view.words
    assert view.about["phrases"][1] == view.words
    supervised = Embedding(embedding.vectors, embedding.labels, embedding.images, "poses", supervised=True)
    assert cluster_captions.origin("poses", supervised=True) in cl.explore_clusters(supervised, 4, path).words


def test_without_labels_the_words_name_sizes_and_there_is_no_table(fails):
    view = cl.explore_clusters(blobs(labelled=False), 4)
    k, silhouette, largest, smallest = numbers_in(view.words)
    assert (k, silhouette) == ("4", f"{view.path.at(4).scores.silhouette:.2f}")
    assert (largest, smallest) == ("25", "25")  # per cent
    assert "cluster A is the largest" in view.words
    assert view.truth is None
    assert [line["name"] for line in view.about["curves"]] == ["silhouette", "inertia"]
    with fails(ArgumentError, "color"):
        view.color = "label"


def test_everything_for_every_k_goes_over_once_as_bytes(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    np.testing.assert_array_equal(view.labels, path.path_labels_)
    assert view.labels.dtype == np.uint8
    assert view.thumbnails.shape == (240, 8, 8, 1)
    assert view.centers.shape == (sum(path.ks_), 8, 8, 1)
    sent = view.get_state()["labels"]
    assert (sent["dtype"], sent["shape"]) == ("uint8", [7, 240])
    assert bytes(sent["data"]) == path.path_labels_.tobytes()


def test_means_and_members_belong_to_their_clusters(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    pixels, start = embedding.images.images, 0
    for k, labels in zip(path.ks_, path.path_labels_, strict=True):
        for cluster in range(k):
            mean = pixels[labels == cluster].mean(axis=0)
            np.testing.assert_allclose(view.centers[start + cluster], mean, atol=0.51)
            rows = view.members[start + cluster]
            assert (labels[rows[rows >= 0]] == cluster).all()
            assert len(np.unique(rows[rows >= 0])) == min(12, (labels == cluster).sum())
        start += k


def test_members_run_from_typical_to_far(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    rows = view.members[2 + 3 : 2 + 3 + 4]
    apart = np.linalg.norm(embedding.vectors[rows] - path.path_centers_[2][:, None], axis=2)
    assert (np.diff(apart, axis=1) >= 0).all()


def test_a_decoder_draws_the_centres(path):
    decode = lambda z: np.full((len(z), 8, 8, 1), 0.5, np.float32)  # noqa: E731
    view = cl.explore_clusters(blobs(decode=decode), 4, path)
    assert view.about["pictures"] == "Decoded centre"
    assert (view.centers == 128).all()


def test_images_that_change_cluster_are_counted(embedding, path):
    view = cl.explore_clusters(embedding, 4, path, moved=True)
    count = int(path.moved(4).sum())
    sentence = cluster_captions.moves(*path.path_labels_[[2, 3]], 4, 5)
    assert sentence in view.words
    assert numbers_in(sentence)[:3] == ["4", "5", str(count)]
    view.k = 7
    assert cluster_captions.moves(*path.path_labels_[[5, 6]], 7, 8) in view.words
    view.k = 8  # nothing comes after it: the last number is this k, not one of images
    assert numbers_in(view.words)[-1] == "8"


def test_a_selection_is_positions_or_a_mask(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    view.selection = [5, 3, 5]
    assert view.selection.tolist() == [3, 5]
    assert view.words.endswith("2 images selected.")
    view.selection = embedding.labels == 1
    assert view.selection.tolist() == np.flatnonzero(embedding.labels == 1).tolist()
    seen = []
    view.observe(lambda change: seen.append(change["new"].tolist()), "selection")
    view.set_state({"selection": memoryview(np.array([7], "<i4").tobytes())})  # as the browser sends it
    assert seen == [[7]]
    for wrong in ([240], [-1], "all", [[1]], [0.5]):
        with pytest.raises(ArgumentError, match="selection"):
            view.selection = wrong


def test_state_goes_round(embedding, path):
    view = cl.explore_clusters(embedding, 4, path, color="label", moved=True)
    view.selection, view.zoom = np.arange(0, 240, 3), [0.25, -0.5, 2.0]
    again = cl.explore_clusters(embedding, path=path, state=view.state)
    assert again.state == view.state
    assert again.selection.tolist() == view.selection.tolist()
    assert (again.k, again.color, again.moved, again.zoom) == (4, "label", True, [0.25, -0.5, 2.0])


def edited(state, **changes):
    return json.dumps({**json.loads(state), **changes})


def test_a_state_of_another_view_version_or_path_is_refused_in_words(embedding, path, fails):
    view = cl.explore_clusters(embedding, 4, path)
    other = cl.compare(embedding, blobs(seed=1), seeds=1)
    cases = {
        "CompareView": other.state,
        "99": edited(view.state, v=99),
        "40": edited(view.state, k=40),
        "'!'": edited(view.state, selected="!"),
        "'zoom'": edited(view.state, zoom="near"),
        "'k = 4'": "k = 4",
    }
    for name, state in cases.items():
        with fails(ArgumentError, names=name):
            cl.explore_clusters(embedding, path=path, state=state)


def run(code, **given):
    names = dict(given)
    exec(code, names)
    return names


def test_the_code_runs_and_shows_the_same(embedding, capsys):
    view = cl.explore_clusters(embedding, 5, color="label", moved=True, seed=3)
    view.k = 6
    view.selection = [1, 2]
    made = run(view.code, embedding=embedding)["view"]
    assert made.state == view.state
    np.testing.assert_array_equal(made.labels, view.labels)
    assert "matched accuracy" in capsys.readouterr().out


def test_hide_knows_its_controls(embedding, path):
    assert cl.explore_clusters(embedding, 4, path, hide=("scores",)).hide == ["scores"]
    with pytest.raises(ArgumentError, match="hide"):
        cl.explore_clusters(embedding, 4, path, hide=("slider",))


def test_bad_input_is_refused_in_words(embedding, path, fails):
    with fails(ArgumentError, "k", received=9, names="2 to 8"):
        cl.explore_clusters(embedding, 9, path)
    view = cl.explore_clusters(embedding, 4, path)
    with fails(ArgumentError, "k", received=1, names="2 to 8"):
        view.k = 1
    assert view.k == 4
    with fails(ArgumentError, "path", names="240"):
        cl.explore_clusters(blobs(n=100), path=path)
    with pytest.raises(ArgumentError, match="'pca'"):
        cl.explore_clusters(embedding, method="pac", path=path)
    with fails(ArgumentError, "embedding"):
        cl.explore_clusters(embedding[:1])
    same = Embedding(np.ones((9, 3)), None, embedding.images[:9], "constant", False)
    with fails(ArgumentError, "embedding", names="9"):
        cl.explore_clusters(same)
    vectors = embedding.vectors.copy()
    vectors[7, 1] = np.nan
    with fails(ArgumentError, "vectors", names="1 of 240"):
        Embedding(vectors, None, embedding.images, "broken", False)


def test_few_points_and_one_dimension_are_shown():
    few = cl.explore_clusters(blobs(n=3))
    assert few.ks == [2, 3]
    assert few.k == 3
    line = cl.explore_clusters(blobs(d=1), 4)
    assert line.maps_notes != cl.explore_clusters(blobs(d=2), 4).maps_notes
    assert line.points[:, 1].std() > 0.05
    assert numbers_in(line.words)[:2] == ["4", "1.00"]


def test_more_than_70_000_points_are_sampled_and_the_note_says_so():
    rng = np.random.default_rng(0)
    n = 70_001
    images = Images(rng.integers(0, 255, (n, 4, 4, 1), dtype=np.uint8))
    embedding = Embedding(rng.normal(size=(n, 2)), None, images, "noise", False)
    view = cl.explore_clusters(embedding, 3, cl.cluster(embedding, n_clusters=[2, 3]))
    assert view.labels.shape == (2, 70_000)
    assert numbers_in(view.about["notes"])[:2] == ["70,000", "70,001"]
    assert numbers_in(view.words)[1:3] == ["70,000", "70,001"]
    np.testing.assert_array_equal(view.labels, view.path.path_labels_[:, view.drawn])
    view.selection = [70_000]
    assert view.picture()[:4] == b"\x89PNG"


def test_thumbnails_fit_their_budget_and_say_what_was_left_out():
    images = np.random.default_rng(0).integers(0, 255, (100, 32, 32, 3), dtype=np.uint8)
    whole = cluster_images.thumbnails(images, budget=images.nbytes)
    assert (whole.pixels == images).all()
    assert whole.note == ""
    half = cluster_images.thumbnails(images, budget=images.nbytes // 4)
    assert half.pixels.shape == (100, 16, 16, 3)
    assert "1/2" in half.note
    np.testing.assert_allclose(half.pixels[3, 0, 0], images[3, :2, :2].mean(axis=(0, 1)), atol=0.51)
    some = cluster_images.thumbnails(images, budget=10_000)
    assert some.pixels.nbytes <= 10_000
    assert str(len(some.pixels)) in numbers_in(some.note)


def test_an_embedding_without_images_is_still_shown():
    bare = Embedding(blobs().vectors, None, None, "vectors", False)
    view = cl.explore_clusters(bare, 4)
    assert view.thumbnails is None
    assert view.about["notes"] != cl.explore_clusters(blobs(), 4).about["notes"]


def test_phrases_say_which_clusters_which_classes_and_how_many():
    assert format_text.percent(0.999) == "99 %"
    assert format_text.percent(0.001) == "1 %"
    assert format_text.percent(1.0) == "100 %"
    table = np.array([[9, 1, 0], [0, 10, 0], [0, 1, 9]])
    purest = cluster_captions.composition(table, ["4", "9", "Ankle boot"])
    assert numbers_in(purest) == ["90", "4"]
    assert "cluster, A, is" in purest
    assert "9" not in purest.replace("90", "")  # the class of 10 % is not worth a word
    mixed = cluster_captions.composition(np.array([[5, 0, 5], [0, 9, 0]]), ["4", "9", "Ankle boot"])
    assert numbers_in(mixed) == ["4", "50", "50"]
    assert mixed.startswith("cluster A mixes")
    assert mixed.index("4s") < mixed.index("“Ankle boot”")
    moved = cluster_captions.moves(np.array([0, 0, 1]), np.array([0, 2, 2]), 2, 3)
    assert numbers_in(moved) == ["2", "3", "2", "67", "2"]
    assert moved.endswith("into cluster C.")
    still = cluster_captions.moves(np.array([0, 1]), np.array([0, 1]), 2, 3)
    assert numbers_in(still) == ["2", "3"]


def test_still_pictures_show_without_a_kernel(embedding, path):
    view = cl.explore_clusters(embedding, 4, path)
    data, meta = view._repr_mimebundle_()
    assert data["image/png"][:4] == b"\x89PNG"
    assert meta["image/png"]["alt"] == view.words == data["text/plain"]


# The comparison


@pytest.fixture(scope="module")
def pair():
    good = blobs(source="good", supervised=True)
    noise = np.random.default_rng(1).normal(size=(240, 4))
    return good, Embedding(noise, good.labels, good.images, "noise", False)


def test_compare_names_the_best_and_what_supervised_means(pair):
    view = cl.compare(*pair, k=4, seeds=2)
    accuracy = [path.at(4).scores.matched_accuracy for path in view.paths]
    assert accuracy[0] > accuracy[1]
    # k, the best of all, and the best of those that had no labels, because the best of all had them
    assert numbers_in(view.words)[:3] == ["4", "1.00", f"{accuracy[1]:.2f}"]
    assert view.words.index("good") < view.words.index("1.00") < view.words.index("noise")
    free = cl.compare(pair[1], pair[1], k=4, seeds=1)
    assert free.about["names"] == ["noise (1)", "noise (2)"]
    same = f"{free.paths[0].at(4).scores.matched_accuracy:.2f}"
    assert numbers_in(free.words) == ["4", "1", same, "0", "1", "2"]  # 0 images in different clusters


def test_compare_counts_images_in_different_clusters_after_matching(pair):
    view = cl.compare(*pair, k=4, seeds=1)
    i = view.ks.index(4)
    first, second = view.matched[:, i]
    np.testing.assert_array_equal(first, view.paths[0].at(4).labels)
    count = int((first != second).sum())
    assert view.about["differing"][i] == [count]
    assert numbers_in(view.words)[-1] == str(count)
    overlap = np.bincount(first.astype(int) * 4 + view.paths[1].at(4).labels, minlength=16).reshape(4, 4)
    from scipy.optimize import linear_sum_assignment

    assert 240 - count == overlap[linear_sum_assignment(-overlap)].sum()


def test_compare_spreads_over_seeds(pair):
    view = cl.compare(*pair, k=4, seeds=3)
    lines = view.about["scores"]["matched_accuracy"]
    assert [len(seeds) for seeds in lines] == [3, 3]
    i = view.ks.index(4)
    assert lines[0][0][i] == pytest.approx(view.paths[0].at(4).scores.matched_accuracy)
    assert len({round(line[i], 4) for line in lines[1]}) > 1  # noise: seeds disagree
    assert "3 seeds" in view.about["notes"]


def test_compare_state_code_and_picture(pair, capsys):
    view = cl.compare(*pair, k=4, seeds=1, differ=True)
    view.selection = [1, 5]
    view.k = 7
    made = run(view.code, embeddings=pair)["view"]
    assert made.state == view.state
    assert made.words == view.words
    assert "noise" in capsys.readouterr().out
    assert view.picture()[:4] == b"\x89PNG"
    view.hide = ["pairs"]
    with pytest.raises(ArgumentError, match="hide"):
        view.hide = ["members"]


def test_compare_refuses_in_words(pair, fails):
    good, noise = pair
    with fails(ArgumentError, "embeddings"):
        cl.compare(good)
    with fails(ArgumentError, "embeddings"):
        cl.compare(*[good] * 5)
    with fails(ArgumentError, "embeddings"):
        cl.compare(good, noise[:100])
    with fails(ArgumentError, "embeddings"):
        cl.compare(good, noise[np.arange(240)[::-1]])
    with fails(ArgumentError, "embeddings[1]"):
        cl.compare(good, noise.vectors)
    with pytest.raises(ArgumentError, match="seeds"):
        cl.compare(good, noise, seeds=0)
    with fails(ArgumentError, "k", received=31, names="2 to 30"):
        cl.compare(good, noise, k=31)


def test_tsne_of_a_comparison_draws_a_sample_and_says_so(monkeypatch, embedding):
    monkeypatch.setattr(projection, "MOST_NEIGHBOURS", 120)
    view = cl.compare(embedding, embedding, k=4, seeds=1, method="tsne")
    assert view.points.shape == (2, 120, 2)
    assert numbers_in(view.about["notes"])[:2] == ["120", "240"]
    np.testing.assert_array_equal(view.truth, embedding.labels[view.drawn])


def test_umap_that_is_not_installed_is_refused(monkeypatch, path, embedding, fails):
    monkeypatch.setitem(sys.modules, "umap", None)
    with fails(ArgumentError, "method", names="UMAP"):
        cl.explore_clusters(embedding, 4, path, method="umap")
