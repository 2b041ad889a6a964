// Builds capslab/widgets/static: one minified module and one style sheet per view, and the hash of what they were
// made of. `node build.mjs` writes them; `node build.mjs --check` only says whether they are up to date.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "capslab", "widgets", "static");

/** Every view is a folder of js/src with an index.js. */
const views = readdirSync(source)
  .filter((name) => existsSync(join(source, name, "index.js")))
  .sort();

const bundle = { bundle: true, write: false, logLevel: "warning", charset: "utf8" };
const browsers = ["chrome111", "firefox114", "safari16.4"];

async function script(view) {
  const { outputFiles } = await build({
    ...bundle,
    entryPoints: [join(source, view, "index.js")],
    format: "esm",
    minify: true,
    target: browsers,
    banner: { js: `// Built from js/src/${view} by \`make js\`: change it there.` },
  });
  return outputFiles[0].text;
}

async function bundledCss(path) {
  const { outputFiles } = await build({ ...bundle, entryPoints: [join(source, path)] });
  return outputFiles[0].text;
}

/**
 * The shared sheet, then the view's own, which holds inside this view only: all views of a notebook share one page,
 * and by CSS nesting one view's `.caps-bar` leaves another's as it is.
 */
async function sheet(view) {
  const own = await bundledCss(`${view}/index.css`);
  const nested = `${await bundledCss("shared/base.css")}\n.caps-of-${view} {\n${own}}\n`;
  return (await transform(nested, { loader: "css", minify: true, charset: "utf8" })).code;
}

const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** A hash over a list as `sha256sum` prints it, "<sha256>  <path>" for each source file, the lock and this script. */
function sourceHash() {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(here.length)
        .replaceAll("\\", "/"),
    );
  const listed = [...files, "package-lock.json", "build.mjs"].sort();
  return sha256(listed.map((path) => `${sha256(readFileSync(join(here, path)))}  ${path}\n`).join(""));
}

const files = { "source.sha256": `${sourceHash()}\n` };
for (const view of views) {
  files[`${view}.js`] = await script(view);
  files[`${view}.css`] = await sheet(view);
}

if (process.argv.includes("--check")) {
  const stale = Object.entries(files).filter(
    ([name, text]) => !existsSync(join(target, name)) || readFileSync(join(target, name), "utf8") !== text,
  );
  const extra = existsSync(target) ? readdirSync(target).filter((name) => !(name in files)) : [];
  if (stale.length || extra.length) {
    console.error(`capslab/widgets/static is not what js/src gives: ${[...stale.map(([name]) => name), ...extra]}.`);
    console.error("Run `make js` and commit what it writes.");
    process.exit(1);
  }
} else {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(target, name), text);
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  console.log(`${views.length} views, ${Math.round(bytes / 1000)} KB in capslab/widgets/static.`);
}
