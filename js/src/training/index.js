// Training as it goes: a panel per metric, and beside them what the model makes of a few images.

import { unpack } from "../shared/arrays.js";
import { canvas } from "../shared/canvas.js";
import { latest } from "../shared/debounce.js";
import { element, panel, panelTitle } from "../shared/dom.js";
import { follow } from "../shared/python_connection.js";
import { theme } from "../shared/theme.js";
import { frame } from "../shared/view_frame.js";
import { drawCurves, PANEL } from "./curves.js";
import { drawFeatures, drawPairs } from "./examples.js";

/** Images with what the model makes of them, or its features in the plane. Returns {node, canvases, draw}. */
function examplesPanel(model, look) {
  const pictures = canvas(100, 100, "Images above, what the model makes of them below");
  const label = "Images in the plane of the model's features, with the names of their classes";
  const plane = canvas(PANEL.width, PANEL.height, label);
  const heading = panelTitle();
  const node = element("div", { class: "caps-panel caps-examples", hidden: true }, heading, pictures, plane);
  const draw = () => {
    const [pairs, points] = [unpack(model.get("pictures")), unpack(model.get("points"))];
    const when = model.get("shown_after") ? `after epoch ${model.get("shown_after")}` : "before training";
    node.hidden = !pairs && !points;
    pictures.hidden = !pairs;
    plane.hidden = !points;
    if (pairs) drawPairs(pictures, pairs);
    if (points) drawFeatures(plane, look, points, unpack(model.get("point_labels")), model.get("point_names"));
    heading.textContent = pairs
      ? `Images, and below what the model makes of them ${when}`
      : `Features of ${points ? points.shape[0] : 0} images ${when}`;
  };
  return { node, canvases: [pictures, plane], draw };
}

function render({ model, el }) {
  const view = frame(model, el, { kind: "training", title: "Training" });
  const look = theme(view.root, () => {
    draw();
    drawExamples();
  });
  const attributes = { max: model.get("epochs"), value: 0, class: "caps-progress", "aria-label": "training so far" };
  const bar = element("progress", attributes);
  const clock = element("span", { class: "caps-clock" });
  view.controls.append(element("b", {}, model.get("title")), bar, clock);
  const panels = model.get("metrics").map((metric) => {
    const picture = canvas(PANEL.width, PANEL.height, `${metric} by epoch, training solid, validation dashed`);
    view.body.append(panel(metric, picture));
    return { metric, picture, context: picture.context };
  });
  const examples = examplesPanel(model, look);
  if (!view.hidden("examples")) view.body.append(examples.node);

  const draw = latest(() => {
    look.ensure();
    const [epochs, epoch, curves] = [model.get("epochs"), model.get("epoch"), model.get("curves")];
    for (const { metric, context } of panels) {
      const trail = metric === "loss" ? model.get("trail") : [];
      drawCurves(context, look, { metric, curves, epochs, trail });
    }
    bar.value = model.get("done") ? epochs : epoch;
    clock.textContent = model.get("clock");
  });
  const drawExamples = latest(examples.draw);

  const redraw = () => {
    draw();
    drawExamples();
  };
  const canvases = [...panels.map(({ picture }) => picture), ...examples.canvases];
  view.fit(canvases, redraw);
  const stopFollowing = follow(model, {
    "curves epoch trail clock done": draw,
    "pictures points shown_after": drawExamples,
  });
  draw();
  drawExamples();
  return () => {
    look.stop();
    stopFollowing();
    view.dispose();
  };
}

export default { render };
