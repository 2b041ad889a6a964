"""A thousand moves within a second: the last one counts, nothing queues, the page goes on."""

from __future__ import annotations

import pytest
from views import SLIDERS, VIEWS

pytestmark = pytest.mark.browser

# Twenty-five moves every 25 ms; meanwhile the page's own frames and pauses are counted.
FLOOD = """async ([label, count]) => {
  const slider = [...document.querySelectorAll('input[type=range]')].find((s) => s.ariaLabel === label);
  const [low, high, step] = [slider.min, slider.max, slider.step].map(Number);
  const places = Math.round((high - low) / step) + 1;
  let frames = 0, longest = 0, before = performance.now(), on = true;
  const tick = () => { const now = performance.now(); frames++; longest = Math.max(longest, now - before);
    before = now; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const start = performance.now();
  for (let j = 1; j <= count; j++) {
    slider.value = low + step * ((j * 7) % places);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const wait = Math.max(0, start + j - performance.now());
    if (j % 25 === 0) await new Promise((done) => setTimeout(done, wait));
  }
  const seconds = (performance.now() - start) / 1000;
  await new Promise((done) => setTimeout(done, 50));
  on = false;
  return { seconds, frames, longest, last: Number(slider.value), saves: model.saves };
}"""
READ = {
    "clusters": lambda view: view.ks.index(view.k),
    "compare": lambda view: view.ks.index(view.k),
    "routing": lambda view: view.iteration,
    "latent": lambda view: view.z[1],
    "plane": lambda view: view.z[1],
    "pose": lambda view: view.pose[1],
    "sandbox": lambda view: view.iteration,
    "betas": lambda view: view.at,
}


@pytest.mark.parametrize("name", SLIDERS)
def test_a_thousand_moves_in_a_second_end_on_the_last(hosted, name):
    view = VIEWS[name]()
    if name == "routing":
        view.iterations = 10
    host = hosted(view)
    told = host.page.evaluate(FLOOD, [SLIDERS[name], 1000])
    assert told["seconds"] < 2, told
    assert told["frames"] >= 10, told
    assert told["longest"] < 400, told  # milliseconds without a frame
    assert told["saves"] <= 10 * told["seconds"] + 2, told
    host.settle(400)
    assert READ[name](view) == pytest.approx(told["last"])
    assert host.words() == view.words
    slider = host.root.get_by_role("slider", name=SLIDERS[name], exact=True).first
    assert float(slider.input_value()) == pytest.approx(told["last"])
    assert host.errors == []


def test_a_decoder_in_the_kernel_is_asked_for_the_newest_point_alone(hosted):
    from fakes import FakeVAE, some_images

    import capslab as cl

    view = cl.explore_latent(FakeVAE(dense=False), some_images())
    host = hosted(view)
    decoded = view._vae.decoded
    told = host.page.evaluate(FLOOD, ["z1", 1000])
    assert told["longest"] < 400, told
    for _ in range(4):
        host.settle(200)
    assert view.z[1] == pytest.approx(told["last"])
    assert view._vae.decoded - decoded <= 12
    assert host.words() == view.words
    assert host.errors == []


def test_a_thousand_updates_of_training_end_on_the_last(hosted):
    view = VIEWS["training"]()
    host = hosted(view)
    for step in range(1, 1001):
        view.update({"loss": [2 / step]}, step / 1000 * 3, step / 1000, f"loss {2 / step:.4g}")
        if step % 50 == 0:
            host.sync()
    host.frame()
    assert host.words() == view.words
    assert host.page.evaluate("model.get('trail').at(-1)") == [3, 0.002]
    assert host.errors == []
