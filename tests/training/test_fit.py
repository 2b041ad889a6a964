"""fit: it learns, keeps what it has, stops with words, and gives the same twice."""

import contextlib
import random
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from common import numbers_in

import capslab as cl
from capslab.errors import ArgumentError, TrainingFailed
from capslab.models import OverlapNet, backend
from capslab.training import live_curve
from capslab.training.batches import Batches, StreamBatches


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def few(digits):
    return digits.sample(200, seed=0)


def test_capsule_network_learns_and_is_accurate_on_digits_it_never_saw(digits):
    # Floors at a fixed seed: a start too small or too large fails without any other sign.
    model = cl.CapsNet(digits.image_shape, digits.classes)
    history = cl.fit(model, digits, epochs=5, show=False)
    assert (model.classify(digits.test) == digits.test.labels).mean() >= 0.95
    assert history.epochs == 5
    assert history.passes > 1
    assert history.curves["loss"][-1] < history.curves["loss"][0] / 3
    assert set(history.curves) >= {"accuracy", "validation accuracy", "validation loss"}


def test_vae_uses_its_latents_after_a_short_training(digits):
    vae = cl.VAE(digits.image_shape, latent_dim=8)
    cl.fit(vae, digits, epochs=4, show=False)
    assert vae.active_units(digits.test) >= 4
    untrained = cl.VAE(digits.image_shape, latent_dim=8).elbo(digits.test).elbo.mean()
    assert vae.elbo(digits.test).elbo.mean() > untrained + 5


def test_same_seed_same_weights(few):
    def trained(seed):
        model = cl.CapsNet(few.image_shape, few.classes)
        cl.fit(model, few, epochs=1, seed=seed, show=False)
        return model.get_weights()

    first, again, other = trained(3), trained(3), trained(4)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(np.abs(a - b).max() > 1e-4 for a, b in zip(first, other, strict=True))


def test_interrupt_keeps_the_best_weights_and_says_so(few):
    model = cl.DenseBaseline(few.image_shape, few.classes)
    kept = {}

    def press_stop(trained, epoch):
        if epoch == 2:
            kept["weights"] = trained.get_weights()
            raise KeyboardInterrupt

    history = cl.fit(model, few, epochs=9, show=False, after_epoch=press_stop)
    assert numbers_in(history.stopped) == ["3", "9"]  # the epoch, of all
    assert history.stopped in str(history)
    assert history.epochs == 2
    assert history.best_epoch == 1 + int(np.argmin(history.curves["validation loss"]))
    if history.best_epoch == 2:
        for a, b in zip(kept["weights"], model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_best_epoch_is_restored_when_later_ones_are_worse(few):
    model = cl.DenseBaseline(few.image_shape, few.classes)
    cl.fit(model, few, epochs=3, show=False)
    weights = []

    def spoil(trained, epoch):
        weights.append([w.copy() for w in trained.get_weights()])
        trained.set_weights(
            [np.random.default_rng(0).normal(size=w.shape) * 5 for w in trained.get_weights()]
        )

    history = cl.fit(model, few, epochs=2, learning_rate=1e-6, show=False, after_epoch=spoil)
    assert history.best_epoch == 1
    for a, b in zip(weights[0], model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_not_a_number_stops_with_advice(few, fails):
    model = cl.DenseBaseline(few.image_shape, few.classes)
    before = model.get_weights()

    with fails(TrainingFailed):
        cl.fit(model, few, epochs=3, learning_rate=1e38, show=False)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert [w.shape for w in before] == [w.shape for w in model.get_weights()]


def stop_after(last):
    def stop(model, epoch):
        if epoch == last:
            raise KeyboardInterrupt

    return stop


def test_the_same_call_goes_on_from_its_checkpoint_to_the_weights_of_an_unbroken_training(few, tmp_path):
    def train(**more):
        vae = cl.VAE(few.image_shape, latent_dim=2)  # its noise, the optimiser and the order must all go on
        return vae, cl.fit(vae, few, epochs=3, batch_size=64, show=False, **more)

    unbroken, _ = train()
    _, begun = train(checkpoint=tmp_path, after_epoch=stop_after(2))
    assert begun.stopped
    vae, ended = train(checkpoint=tmp_path)  # epoch 2 was stopped before it was over
    assert (begun.resumed, ended.resumed, ended.epochs) == (0, 1, 3)
    assert numbers_in(str(ended))[0] == "3"
    assert "1" in numbers_in(str(ended))  # from the checkpoint
    assert "checkpoint" in str(ended)
    assert "checkpoint" not in str(begun)
    for a, b in zip(unbroken.get_weights(), vae.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)

    # Finished, it gives the result back.
    again, given = train(checkpoint=tmp_path)
    assert (given.resumed, given.curves) == (3, ended.curves)
    for a, b in zip(unbroken.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_where_the_rate_does_not_fall_more_epochs_go_on_from_a_finished_training(few, tmp_path):
    for epochs in (1, 2):
        net = cl.DenseBaseline(few.image_shape, few.classes, hidden=16)
        net.recipe = replace(net.recipe, decay=False)
        history = cl.fit(net, few, epochs, show=False, checkpoint=tmp_path)
        assert (history.resumed, history.epochs) == (epochs - 1, epochs)


@pytest.mark.slow
def test_a_killed_kernel_loses_no_finished_epoch(few, tmp_path):
    lines = (
        "import os, sys, capslab as cl\n"
        "few = cl.load('digits').sample(200, seed=0)\n"
        "kill = lambda model, epoch: os.kill(os.getpid(), 9) if epoch == 2 else None\n"
        "net = cl.CapsNet(few.image_shape, few.classes)\n"
        "cl.fit(net, few, epochs=3, show=False, checkpoint=sys.argv[1], after_epoch=kill)"
    )
    killed = subprocess.run([sys.executable, "-c", lines, str(tmp_path)], timeout=400)
    assert killed.returncode == -9

    nets = [cl.CapsNet(few.image_shape, few.classes) for _ in range(2)]
    unbroken = cl.fit(nets[0], few, epochs=3, show=False)
    went_on = cl.fit(nets[1], few, epochs=3, show=False, checkpoint=tmp_path)
    assert went_on.resumed == 1
    assert went_on.best_epoch == unbroken.best_epoch
    assert went_on.curves == unbroken.curves
    for a, b in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_checkpoint_of_another_training_is_refused(few, tmp_path):
    def net():
        return cl.DenseBaseline(few.image_shape, few.classes, hidden=16)

    cl.fit(net(), few, epochs=2, show=False, checkpoint=tmp_path)
    cases = [
        (
            lambda: cl.fit(cl.DenseBaseline(few.image_shape, few.classes, 8), few, 2, checkpoint=tmp_path),
            "hidden 8",
        ),
        (lambda: cl.fit(net(), few[:150], 2, checkpoint=tmp_path), "images: training"),
        (lambda: cl.fit(net(), few, 3, checkpoint=tmp_path), "epochs 3"),  # its rate falls to 0 by the end
        (lambda: cl.fit(net(), few, 2, seed=1, checkpoint=tmp_path), "seed 1"),
        (lambda: cl.fit(net(), few, 2, learning_rate=1e-5, checkpoint=tmp_path), "learning_rate 1e-05"),
    ]
    for call, words in cases:
        with pytest.raises(ArgumentError) as error:
            call()
        assert error.value.argument == "checkpoint"
        assert words in error.value.expected


def test_the_heading_says_where_it_goes_on(few, tmp_path, capsys):
    for stop in (stop_after(2), None):
        vae = cl.VAE(few.image_shape, latent_dim=2)
        cl.fit(vae, few, epochs=2, checkpoint=tmp_path / "mine.npz", after_epoch=stop)
    headings = [line for line in capsys.readouterr().err.splitlines() if "VAE on CPU" in line]
    assert "checkpoint" not in headings[0]
    (heading,) = {line.split("checkpoint")[0] for line in headings if "checkpoint" in line}
    assert numbers_in(heading) == ["2"]  # the epoch


def test_a_training_whose_checkpoints_do_not_fit_on_the_disk_goes_on_and_says_so(few, tmp_path, wording):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # room for a word, not for the weights
    try:
        net = cl.DenseBaseline(few.image_shape, few.classes)
        with pytest.warns(RuntimeWarning, match="checkpoint") as warned:
            history = cl.fit(net, few, epochs=2, show=False, checkpoint=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert history.epochs == 2
    note = history.notes[0]
    assert note in str(history)
    assert [str(one.message) for one in warned].count(note) == 1
    wording(note)
    assert not list(tmp_path.iterdir())


def test_pairs_made_while_learning_go_on_exactly_from_a_checkpoint(few, tmp_path):
    def train(**more):
        net = OverlapNet((12, 12, 1), few.classes)
        net.recipe = replace(net.recipe, steps=20)
        return net, cl.fit(net, few, epochs=3, batch_size=8, show=False, **more)

    unbroken, _ = train()  # its second stage begins in the middle of an epoch's count
    train(after_epoch=stop_after(2), checkpoint=tmp_path)
    net, history = train(checkpoint=tmp_path)
    assert (history.resumed, history.epochs, history.examples) == (1, 3, 3 * 20 * 8)
    again, given = train(checkpoint=tmp_path)
    assert given.resumed == 3
    for a, b, c in zip(*(one.get_weights() for one in (unbroken, net, again)), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)


FIRST_EDITION = Path(__file__).parents[1] / "first_edition"


def test_a_checkpoint_of_the_first_edition_goes_on_and_says_what_is_different(digits, tmp_path, wording):
    shutil.copy(FIRST_EDITION / "checkpoint.npz", tmp_path)
    net = cl.DenseBaseline(digits.image_shape, digits.classes, seed=1)
    with pytest.warns(RuntimeWarning, match="first edition"):
        history = cl.fit(net, digits[:60], epochs=3, show=False, checkpoint=tmp_path / "checkpoint.npz")
    assert (history.resumed, history.epochs) == (1, 3)
    wording(history.notes[0])
    with pytest.raises(ArgumentError) as error:
        cl.fit(net, digits[:61], epochs=3, show=False, checkpoint=tmp_path / "checkpoint.npz")
    assert error.value.argument == "checkpoint"
    assert "images" in error.value.expected


def test_the_callers_random_state_is_left_as_it_was(few):
    import keras

    def draws():
        legacy = np.random.random()  # noqa: NPY002  # NumPy's global state is what is asked about
        return [random.random(), legacy, float(keras.random.uniform(()))]

    keras.utils.set_random_seed(7)
    expected = draws()
    keras.utils.set_random_seed(7)
    cl.fit(cl.VAE(few.image_shape, latent_dim=2), few, epochs=1, show=False)
    assert draws() == expected


def test_the_display_hears_at_most_ten_times_a_second_and_of_every_epoch(few, monkeypatch):
    from capslab.training import fit as training

    seen = []

    class Screen:
        pictured = False

        def update(self, curves, epoch, seconds, note):
            assert note or all(len(values) == epoch for values in curves.values())
            seen.append((epoch, seconds, note))

        def finish(self, words):
            seen.append(words)

    monkeypatch.setattr(training, "display", lambda *told: Screen())
    cl.fit(cl.DenseBaseline(few.image_shape, few.classes, hidden=16), few, epochs=3)
    assert "3 epochs" in seen.pop()
    steps = [(epoch, seconds) for epoch, seconds, note in seen if note]
    assert all(later - earlier > 0.09 for (_, earlier), (_, later) in pairwise(steps))
    assert [epoch for epoch, _, note in seen if not note] == [1, 2, 3]
    assert all(0 < epoch <= 3 for epoch, _, _ in seen)


def test_history_plots_itself(few):
    model = cl.DenseBaseline(few.image_shape, few.classes)
    figure = cl.fit(model, few, epochs=2, show=False).plot()
    labels = [axis.get_xlabel() for axis in figure.axes]
    assert "epoch" in " ".join(labels).lower()


def test_pipeline_gives_every_image_once_a_pass_with_its_label(digits):
    seen = [(x.numpy(), y.numpy()) for x, y in backend.feed(Batches(digits, 100, seed=1))]
    assert [len(x) for x, _ in seen] == [100] * 17 + [97]  # the last, partial batch is there
    pixels, labels = (np.concatenate(part) for part in zip(*seen, strict=True))
    assert pixels.dtype == np.uint8
    given = sorted(
        (image.tobytes(), int(label)) for image, label in zip(digits.images, digits.labels, strict=True)
    )
    assert sorted((image.tobytes(), int(label)) for image, label in zip(pixels, labels, strict=True)) == given
    assert not np.array_equal(labels, digits.labels)


def test_pipeline_shifts_whole_batches_and_fills_with_black(digits):
    shifted, plain = Batches(digits, 50, seed=5, shift=2), Batches(digits, 50, seed=5)
    places = set()
    for index in range(10):
        x, padded = shifted[index][0], np.pad(plain[index][0], ((0, 0), (2, 2), (2, 2), (0, 0)))
        matches = [
            (i, j) for i in range(5) for j in range(5) if np.array_equal(padded[:, i : i + 8, j : j + 8], x)
        ]
        assert len(matches) == 1
        places.update(matches)
    assert len(places) > 3


def test_a_shift_may_repeat_the_pixels_at_the_border():
    images = cl.Images(np.full((20, 6, 5, 3), 200, np.uint8), np.arange(20) % 2)
    for index in range(4):
        black = Batches(images, 5, seed=5, shift=2)[index][0]
        assert (Batches(images, 5, seed=5, shift=2, border="edge")[index][0] == 200).all()
        assert set(np.unique(black)) <= {0, 200}
    assert any((Batches(images, 5, seed=5, shift=2)[index][0] == 0).any() for index in range(4))


def test_a_batch_follows_from_seed_epoch_and_index_alone(digits):
    batches = Batches(digits, 100, seed=1, shift=1, passes=2)
    assert len(batches) == -(-2 * len(digits) // 100)
    late = batches.batch(4, 3)
    batches.epoch = 2
    for index in range(5):
        batches[index]
    for one, other in zip(batches.batch(4, 3), late, strict=True):
        np.testing.assert_array_equal(one, other)
    fresh = Batches(digits, 100, seed=1, shift=1, passes=2)
    np.testing.assert_array_equal(fresh.batch(4, 3)[0], late[0])
    labels = [late[1], batches.batch(4, 4)[1], batches.batch(5, 3)[1]]
    labels.append(Batches(digits, 100, seed=2, shift=1, passes=2).batch(4, 3)[1])
    assert len({tuple(of_batch) for of_batch in labels}) == 4


def test_an_epoch_takes_its_own_order_through_the_pipeline(digits):
    batches = Batches(digits, 100, seed=1)
    pipeline = backend.feed(batches)
    for epoch in (0, 3):
        batches.epoch = epoch
        for index, (_, labels) in enumerate(pipeline):
            np.testing.assert_array_equal(labels, batches.batch(epoch, index)[1])


def test_batches_of_a_stream_follow_from_seed_and_place_alone():
    class Counting:
        made = 0

        def stream(self, images, batch_size, seed):
            rng = np.random.default_rng(seed)
            while True:
                self.made += 1
                yield rng.integers(0, 1000, batch_size)

    model = Counting()
    batches = StreamBatches(model, None, 4, seed=3, steps=5)
    first = [batches[i] for i in range(12)]
    assert model.made == 12  # in turn, none is made twice
    assert len({tuple(batch) for batch in first}) == 12
    for at in (11, 2, 7):
        np.testing.assert_array_equal(batches[at], first[at])
    np.testing.assert_array_equal(StreamBatches(model, None, 4, seed=3, steps=5, first=7)[2], first[9])


def test_pipelines_hold_no_copy_of_the_images():
    """TensorFlow never frees a tensor that a pipeline captured: once 43 MB per epoch of MNIST."""

    def held() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6

    images = cl.Images(np.random.default_rng(0).integers(0, 256, (40_000, 28, 28), np.uint8))  # 31 MB
    next(iter(backend.feed(Batches(images, 100, seed=1))))
    before = held()
    for epoch in range(10):
        next(iter(backend.feed(Batches(images, 100, seed=epoch, shift=1))))
    assert held() - before < 3 * images.images.nbytes / 1e6


def test_progress_line_tells_the_loss_and_the_end(few, capsys):
    cl.fit(cl.DenseBaseline(few.image_shape, few.classes), few, epochs=2)
    out = capsys.readouterr()
    assert "2 epochs of" in out.out
    assert "validation accuracy" in out.out
    assert "DenseBaseline on" in out.err


def test_not_in_a_notebook_here():
    assert not live_curve.in_notebook()


def test_bad_input_is_refused_in_words(digits, few, fails):
    unlabelled = cl.Images(few.images, None)
    one_class = digits[digits.labels == 3]
    net = cl.DenseBaseline(digits.image_shape, digits.classes)
    cases = [
        (lambda: cl.fit(net, unlabelled), "images", "label"),
        (lambda: cl.fit(net, one_class), "images", "3"),
        (lambda: cl.fit(cl.DenseBaseline(digits.image_shape, 4), digits), "images", "0 to 9"),
        (lambda: cl.fit(cl.DenseBaseline((28, 28, 1), 10), digits), "images", "28 × 28 × 1"),
        (lambda: cl.fit("net", digits), "model", "str"),
        (lambda: cl.fit(net, digits.images), "images", "Images"),
        (lambda: cl.fit(net, digits, epochs=0), "epochs", "0"),
        (lambda: cl.fit(net, digits, batch_size=1.5), "batch_size", "1.5"),
        (lambda: cl.fit(net, digits, learning_rate=float("nan")), "learning_rate", "nan"),
        (lambda: cl.fit(net, digits, seed=-1), "seed", "-1"),
        (lambda: cl.fit(net, digits, seconds=5), "seconds", "5"),
    ]
    for call, argument, names in cases:
        with fails(ArgumentError, argument, names=names):
            call()
    with contextlib.suppress(KeyboardInterrupt):
        cl.fit(cl.VAE(few.image_shape, 2), unlabelled, epochs=1, show=False)  # a VAE needs no labels
