// The parts around the scatter of clusters: a card for each cluster, the curves of scores, the table.

/** A card for each cluster: number, mean or decoded centre, size, members from typical to far. */
function clusterCards({ data, about, colours, onhover, onpick }) {
  const { thumbnails, centers, members } = data;
  const each = members ? members.shape[1] : 0;
  const tiles = new Tiles(420, 440, null);
  tiles.node.setAttribute("aria-hidden", "true"); // the buttons above it say what it shows
  const buttons = element("div", { class: "caps-cards", role: "group", "aria-label": "Clusters" }, tiles.node);
  const title = centers ? `${about.pictures}, then members from typical to far` : "Clusters";
  const node = element("div", { class: "caps-panel" }, element("h4", {}, title), buttons);
  const pool = [];
  let told = () => {};
  const tell = later(() => told());

  const fit = (width, height) => {
    node.style.width = `${width}px`; // the heading wraps rather than push the panel to the next row
    tiles.resize(width, height - 22);
  };
  const place = (k) => {
    const { wide, high } = tiles.node;
    const columns = k <= 10 ? 1 : k <= 20 || wide < 380 ? 2 : 3;
    const rows = Math.ceil(k / columns);
    return { columns, rows, width: wide / columns, height: Math.min(56, Math.floor(high / rows)) };
  };

  function draw(k, start, sizes, table) {
    const { rows, width, height } = place(k);
    const { context } = tiles.node;
    const size = Math.min(width > 400 ? 46 : 40, height - 4);
    const roomy = width > 260;
    const from = 30 + size + (roomy ? 68 : 6); // where members begin
    const count = Math.max(0, Math.min(each, Math.floor((width - from - 4) / (size * 0.84 + 3))));
    const spot = (c) => [Math.floor(c / rows) * width, (c % rows) * height];
    const main = (c) => (table ? dominant(table, c, k, about.classes) : null);
    tiles.clear();
    for (let c = 0; c < k; c++) {
      const [x, y] = spot(c);
      if (centers && sizes[c]) tiles.put(centers, start + c, x + 28, y + 2, size);
      for (let m = 0; m < count; m++) {
        // Spread the choice over all members sent, so that fewer still reach from typical to far.
        const row = members.data[(start + c) * each + (count > 1 ? Math.round((m * (each - 1)) / (count - 1)) : 0)];
        if (row >= 0) tiles.put(thumbnails, row, x + from + m * (size * 0.84 + 3), y + 2 + size * 0.08, size * 0.84);
      }
    }
    tiles.flush();
    context.textBaseline = "middle";
    for (let c = 0; c < k; c++) {
      const [x, y] = spot(c), middle = y + 2 + size / 2, tint = palette(c);
      context.fillStyle = css(tint);
      context.beginPath();
      context.roundRect(x, y + 2, 24, size, 5);
      context.fill();
      context.fillStyle = readable(tint);
      context.textAlign = "center";
      context.font = `600 12px ${colours.font}`;
      context.fillText(String(c), x + 12, middle + 0.5);
      if (!roomy) continue;
      const most = main(c);
      context.textAlign = "left";
      context.fillStyle = colours.ink;
      context.font = `600 12px ${colours.font}`;
      context.fillText(sizes[c].toLocaleString("en"), x + 36 + size, middle - (most ? 7 : 0), 60);
      context.font = `11px ${colours.font}`;
      context.fillStyle = colours.soft;
      if (most) context.fillText(`${most.name}: ${most.share}`, x + 36 + size, middle + 8, 60);
    }
    for (let c = 0; c < Math.max(k, pool.length); c++) {
      if (!pool[c]) {
        pool[c] = element("button", { type: "button", class: "caps-card", "data-cluster": c, onclick: () => onpick(c),
          onmouseenter: () => onhover(c), onmouseleave: () => onhover(-1), onfocus: () => onhover(c), onblur: () => onhover(-1) });
        buttons.append(pool[c]);
      }
      pool[c].hidden = c >= k;
      if (c >= k) continue;
      const [x, y] = spot(c);
      Object.assign(pool[c].style, { left: `${x}px`, top: `${y}px`, width: `${width - 4}px`, height: `${height}px` });
    }
    told = () => {
      for (let c = 0; c < k; c++) {
        const most = main(c);
        const label = `Cluster ${c}: ${sizes[c]} images${most ? `, ${most.share} of class ${most.name}` : ""}. Select them.`;
        pool[c].setAttribute("aria-label", label);
        pool[c].title = label;
      }
    };
    tell();
  }
  return { node, draw, resize: fit };
}

/** The class that most of a cluster's images have, and its share; from counts (classes × k). */
function dominant(table, cluster, k, classes) {
  let best = 0, total = 0;
  for (let c = 0; c < classes.length; c++) {
    total += table[c * k + cluster];
    if (table[c * k + cluster] > table[best * k + cluster]) best = c;
  }
  if (!total) return null;
  const part = table[best * k + cluster] / total;
  return { name: classes[best], share: `${part === 1 ? 100 : Math.min(99, Math.round(100 * part))} %` };
}

/** Small curves of every score over all k; the current k is marked, a click goes to another. */
function scoreCurves({ curves, ks, colours, onpick }) {
  const [wide, high, left] = [156, 78, 6];
  const x = (i) => left + (ks.length > 1 ? (i / (ks.length - 1)) * (wide - 2 * left) : wide / 2 - left);
  const plots = curves.map(({ name, values, labelled }) => {
    const node = canvas(wide, high, `${name} for every k`, { class: "caps-curve" });
    const known = values.filter((v) => v !== null);
    const low = Math.min(...known, labelled ? 0 : Infinity), top = Math.max(...known);
    const go = (event) => {
      const at = event.clientX - node.getBoundingClientRect().left;
      onpick(Math.max(0, Math.min(ks.length - 1, Math.round(((at - left) / (wide - 2 * left)) * (ks.length - 1)))));
    };
    node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); go(event); });
    node.addEventListener("pointermove", (event) => { if (event.buttons) go(event); });
    const y = (v) => 26 + (1 - (v - low) / (top - low || 1)) * (high - 40);
    return { node, name, values, y };
  });
  const read = (v) => (v === null ? "–" : Math.abs(v) < 10 ? v.toFixed(2) : v.toLocaleString("en", { maximumSignificantDigits: 3, notation: v > 99999 ? "compact" : "standard" }));

  function draw(i) {
    for (const { node, name, values, y } of plots) {
      const { context } = node;
      context.clearRect(0, 0, wide, high);
      context.font = `11px ${colours.font}`;
      context.textBaseline = "alphabetic";
      context.fillStyle = colours.soft;
      context.textAlign = "left";
      context.fillText(name, left, 12);
      context.fillStyle = colours.ink;
      context.textAlign = "right";
      context.font = `600 11px ${colours.font}`;
      context.fillText(read(values[i]), wide - left, 12);
      context.strokeStyle = colours.line;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x(i), 20);
      context.lineTo(x(i), high - 12);
      context.moveTo(left, high - 11.5);
      context.lineTo(wide - left, high - 11.5);
      context.stroke();
      context.beginPath();
      values.forEach((v, j) => { if (v !== null) context.lineTo(x(j), y(v)); });
      context.strokeStyle = "#3a8fc7";
      context.lineWidth = 1.8;
      context.lineJoin = "round";
      context.stroke();
      if (values[i] !== null) {
        context.beginPath();
        context.arc(x(i), y(values[i]), 4, 0, 7);
        context.fillStyle = "#e07b39";
        context.fill();
        context.strokeStyle = css(colours.paper);
        context.stroke();
      }
      context.font = `10px ${colours.font}`;
      context.fillStyle = colours.soft;
      context.textAlign = "left";
      context.fillText(`k ${ks[0]}`, left, high - 1);
      context.textAlign = "right";
      context.fillText(String(ks[ks.length - 1]), wide - left, high - 1);
    }
  }
  const node = element("div", { class: "caps-panel" }, element("h4", {}, "Scores over all k (click to go there)"),
    element("div", { class: "caps-curves" }, ...plots.map((plot) => plot.node)));
  const fit = (room) => {
    const columns = room >= 980 ? 3 : room >= 680 ? 2 : Math.max(1, Math.floor(room / (wide + 8)));
    node.style.width = `${columns * (wide + 8)}px`;
    return columns * (wide + 8);
  };
  return { node, draw, resize: fit };
}

/** Classes against clusters, counted here from the labels; darker where more of a class lies. */
function contingencyTable({ classes, truth, colours }) {
  const rows = classes.length;
  const node = canvas(420, 200, null);
  const high = Math.max(9, Math.min(19, Math.floor(300 / rows)));
  const panel = element("div", { class: "caps-panel" }, element("h4", {}, "Classes (rows) in clusters (columns)"), node);
  let names = 60;
  const counts = { labels: null, table: null };

  function count(labels, k) {
    if (counts.labels && counts.labels.byteOffset === labels.byteOffset) return counts.table; // asked twice a move
    const table = new Int32Array(rows * k);
    for (let i = 0; i < labels.length; i++) table[truth[i] * k + labels[i]]++;
    Object.assign(counts, { labels, table });
    return table;
  }

  function draw(table, k) {
    const { context, wide } = node;
    const cell = (wide - names) / k;
    context.clearRect(0, 0, wide, node.high);
    context.textBaseline = "middle";
    context.font = `600 10px ${colours.font}`;
    context.textAlign = "center";
    for (let c = 0; c < k; c++) {
      const tint = palette(c);
      context.fillStyle = css(tint);
      context.beginPath();
      context.roundRect(names + c * cell + 0.5, 0, cell - 1, 16, 3);
      context.fill();
      context.fillStyle = readable(tint);
      context.fillText(String(c), names + (c + 0.5) * cell, 8.5);
    }
    context.font = `10.5px ${colours.font}`;
    for (let r = 0; r < rows; r++) {
      const y = 18 + r * high;
      let total = 0;
      for (let c = 0; c < k; c++) total += table[r * k + c];
      context.textAlign = "right";
      context.fillStyle = colours.ink;
      context.fillText(classes[r], names - 5, y + high / 2, names - 8);
      context.textAlign = "center";
      for (let c = 0; c < k; c++) {
        const value = table[r * k + c];
        const share = value / (total || 1);
        const to = colours.dark ? [86, 180, 233] : [0, 92, 160];
        const strength = value ? 0.05 + 0.95 * share ** 0.7 : 0;
        const tint = to.map((v, i) => Math.round(colours.paper[i] + (v - colours.paper[i]) * strength));
        context.fillStyle = css(tint);
        context.fillRect(names + c * cell + 0.5, y + 0.5, cell - 1, high - 1);
        if (value && cell > 23 && high > 12) {
          context.fillStyle = readable(tint);
          context.fillText(value > 9999 ? `${Math.round(value / 1000)}k` : String(value), names + (c + 0.5) * cell, y + high / 2 + 0.5);
        }
      }
    }
  }
  const fit = (width) => {
    panel.style.width = `${width}px`;
    resize(node, width, 20 + rows * high);
    node.context.font = `10.5px ${colours.font}`;
    names = Math.min(90, 12 + Math.max(...classes.map((name) => node.context.measureText(name).width)));
  };
  node.setAttribute("aria-label", "Table of classes against clusters; the line of words tells its main point");
  return { node: panel, draw, count, resize: fit };
}

/** The classes' names on their colours, for when points are coloured by label. */
function classLegend(classes) {
  return element("div", { class: "caps-legend", hidden: true }, ...classes.map((name, c) => {
    const chip = element("span", { class: "caps-chip" }, name);
    chip.style.background = css(palette(c));
    chip.style.color = readable(palette(c));
    return chip;
  }));
}
