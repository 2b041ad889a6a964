// Draws the page's charts with plotly.js, which is in the page once, compressed, and is unpacked when the first
// chart comes near. Until then, and if it does not start, each chart is its still picture.
"use strict";

{
  let plotly;
  /** plotly.js, unpacked: one script for all charts of the page. */
  const load = () => {
    plotly = plotly || (async () => {
      const packed = document.getElementById("plotly").textContent;
      const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      const text = await new Response(stream).text();
      const script = document.createElement("script");
      script.src = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      await new Promise((done, failed) => {
        script.onload = done;
        script.onerror = () => failed(new Error("plotly.js cannot be read"));
        document.head.append(script);
      });
      return window.Plotly;
    })();
    return plotly;
  };

  const start = async (figure) => {
    const still = figure.querySelector(".still");
    try {
      const { data, layout, config } = JSON.parse(document.getElementById(`chart-${figure.dataset.chart}`).textContent);
      const { newPlot } = await load();
      const place = document.createElement("div");
      place.setAttribute("role", "img"); // its words say more than its many small texts
      place.setAttribute("aria-label", figure.dataset.words);
      still.after(place);
      await newPlot(place, data, layout, config);
      still.remove();
    } catch (error) {
      const words = document.createElement("figcaption");
      words.textContent = `This chart did not start (${error.message}); the picture shows it.`;
      figure.append(words);
      console.error(error);
    }
  };

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      start(target);
    }
  }, { rootMargin: "800px" });
  for (const figure of document.querySelectorAll("figure.chart")) watcher.observe(figure);
}
