"""A thousand moves within a second: the last one counts, nothing queues, the page goes on."""

from __future__ import annotations

import pytest
from views import SLIDERS, VIEWS

pytestmark = pytest.mark.browser

# Twenty-five moves every 25 ms.
FLOOD = """async ([label, count]) => {
  const slider = [...document.querySelectorAll('input[type=range]')].find((s) => s.ariaLabel === label);
  const [low, high, step] = [slider.min, slider.max, slider.step].map(Number);
  const places = Math.round((high - low) / step) + 1;
  const start = performance.now();
  for (let j = 1; j <= count; j++) {
    slider.value = low + step * ((j * 7) % places);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const wait = Math.max(0, start + j - performance.now());
    if (j % 25 === 0) await new Promise((done) => setTimeout(done, wait));
  }
  const seconds = (performance.now() - start) / 1000;
  await new Promise((done) => setTimeout(done, 50));
  return { seconds, last: Number(slider.value), saves: model.saves };
}"""
BUSY = 1.0  # CPU-seconds; 0.15 to 0.35 measured, and a view that drew every move would take seconds


def flood(page, label: str) -> dict[str, float]:
    """A thousand moves, and the CPU-seconds of the page's own thread: other work cannot add to them."""
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    before = spent()
    told = page.evaluate(FLOOD, [label, 1000])
    return {**told, "busy": spent() - before}


READ = {
    "clusters": lambda view: view.ks.index(view.k),
    "cloud": lambda view: view.ks.index(view.k),
    "compare": lambda view: view.ks.index(view.k),
    "routing": lambda view: view.iteration,
    "network": lambda view: view.iteration,
    "latent": lambda view: view.z[1],
    "plane": lambda view: view.z[1],
    "pose": lambda view: view.pose[1],
    "sandbox": lambda view: view.iteration,
    "betas": lambda view: view.at,
    "overlap": lambda view: view.shift,
    "convolution": lambda view: view.row,
    "toy": lambda view: view.azimuth,
    "toy and network": lambda view: view.azimuth,
    "playground": lambda view: view.hidden,
    "playground of digits": lambda view: view.hidden,
    "travel": lambda view: view.position,
    "posterior": lambda view: view.mean,
}


@pytest.mark.parametrize("name", SLIDERS)
def test_a_thousand_moves_in_a_second_end_on_the_last(hosted, name):
    view = VIEWS[name]()
    if name == "routing":
        view.iterations = 10
    host = hosted(view)
    told = flood(host.page, SLIDERS[name])
    assert told["busy"] < BUSY, told
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
    told = flood(host.page, "z1")
    assert told["busy"] < BUSY, told
    for _ in range(4):
        host.settle(200)
    assert view.z[1] == pytest.approx(told["last"])
    assert view._vae.decoded - decoded <= 10 * told["seconds"] + 2
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
