"""The β view on the Python side: words, code, state, and what is refused."""

import numpy as np
import pytest
from common import numbers_in
from views import sweep

import capslab as cl
from capslab.errors import ArgumentError


def test_starts_at_the_elbo_and_says_what_it_shows():
    view = cl.explore_beta(sweep())
    assert view.beta == 1
    # β, reconstruction, KL, active dimensions of all, sharpness in per cent, distance of samples
    assert numbers_in(view.words) == ["1", "20.0", "10.0", "3", "4", "90", "1.20"]
    assert "beta=1)" in view.code
    view.at = 2
    assert view.beta == 8
    assert numbers_in(view.words) == ["8", "30.0", "1.0", "1", "4", "50", "0.70"]
    assert "nearest(8)" in view.code


def test_the_code_runs(capsys, monkeypatch):
    trained = []
    monkeypatch.setitem(vars(cl), "VAE", lambda shape, latent_dim, beta: beta)
    monkeypatch.setitem(vars(cl), "fit", lambda beta, images: trained.append(beta))
    view = cl.explore_beta(sweep(), beta=8)
    exec(view.code, {"sweep": view.sweep, "images": cl.load("digits")})
    assert capsys.readouterr().out == "30.0 1.0 1\n"
    assert trained == [8]


def test_state_is_given_back_and_the_picture_is_drawn():
    view = cl.explore_beta(sweep(), beta=7)
    again = cl.explore_beta(sweep(), state=view.state)
    assert again.beta == view.beta == 8
    assert view.picture(dpi=40).startswith(b"\x89PNG")
    np.testing.assert_array_equal(view.trade, again.trade)


def test_what_cannot_be_shown_is_refused_in_words(fails):
    with fails(ArgumentError, "sweep"):
        cl.explore_beta(cl.load("digits"))
    view = cl.explore_beta(sweep())
    for wrong in (-1, 3):
        with fails(ArgumentError, "at", names="0 to 2"):
            view.at = wrong
    with pytest.raises(ArgumentError, match="`hide`"):
        cl.explore_beta(sweep(), hide=("slider",))
