// What a page of text needs: buttons that copy code, a list of contents that is folded away where it would be in
// the way, and Tab stops on what scrolls.
"use strict";

{
  const COPIED_FOR = 2000; // milliseconds
  const told = document.getElementById("told");

  /** Copies a text; a page from a disk may not have the clipboard, but may still copy what is selected. */
  const copy = async (node) => {
    const text = node.textContent.replace(/\n$/, "");
    try {
      await navigator.clipboard.writeText(text);
      return "Copied";
    } catch {
      const selection = window.getSelection();
      selection.selectAllChildren(node);
      if (!document.execCommand("copy")) return "Selected: press Ctrl+C";
      selection.removeAllRanges();
      return "Copied";
    }
  };

  for (const cell of document.querySelectorAll(".cell")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    let timer = 0;
    button.addEventListener("click", async () => {
      button.textContent = told.textContent = await copy(cell.querySelector("pre"));
      clearTimeout(timer);
      timer = setTimeout(() => { button.textContent = "Copy"; told.textContent = ""; }, COPIED_FOR);
    });
    cell.append(button);
  }

  // Beside the text where there is room for both (as in site.css), folded above it elsewhere.
  const contents = document.querySelector(".contents details");
  const beside = window.matchMedia("(min-width: 1280px)");
  if (contents) {
    const fold = () => { contents.open = beside.matches; };
    beside.addEventListener("change", fold);
    fold();
    contents.addEventListener("click", ({ target }) => {
      if (target.closest("a") && !beside.matches) contents.open = false;
    });
  }

  // What is wider than the page scrolls by itself: then a keyboard must reach it, and it needs a name.
  for (const table of document.querySelectorAll(".prose table, .html table")) {
    const room = document.createElement("div"); // a table that scrolls by itself would be no table to a screen reader
    room.className = "wide";
    table.replaceWith(room);
    room.append(table);
  }
  const scrolling = [...document.querySelectorAll(".code, .output, .prose pre, .wide, .display")];
  const reach = () => {
    scrolling.forEach((node, number) => {
      if (node.scrollWidth <= node.clientWidth + 1) {
        for (const name of ["tabindex", "role", "aria-label"]) node.removeAttribute(name);
        return;
      }
      node.tabIndex = 0;
      node.setAttribute("role", "region");
      node.setAttribute("aria-label", node.dataset.name || `Wide part ${number + 1}`);
    });
  };
  window.addEventListener("resize", reach);
  reach();
}
