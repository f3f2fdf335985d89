// Opens every page of the gallery in both languages: no accessibility violation (axe, WCAG 2.2 AA), no request
// that fails, no script error, no sideways scrolling of the page at 360 px. With --shots also keeps pictures.
//
//   cargo run -p lianfang-ui --example gallery -- OUTDIR && npm run gallery -- OUTDIR [--shots SHOTDIR] [--only WORD]
import { chromium } from "playwright-core";
import { readFileSync, readdirSync, mkdirSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { LAUNCH, serveGallery } from "./gallery-server.mjs";

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const out = args[0];
if (!out || !existsSync(out)) {
  console.error("usage: npm run gallery -- OUTDIR [--shots SHOTDIR] [--only WORD]");
  process.exit(2);
}
const shots = option("--shots");
const only = option("--only");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const { base, close } = await serveGallery(out);
const browser = await chromium.launch(LAUNCH);
const widthsOf = (name) => (name.endsWith("-wall.html") ? [1920] : [360, 1440]);
const faults = [];

async function check(page, lang, name, width, scheme) {
  const where = `${lang}/${name} ${width} ${scheme}`;
  const noisy = [];
  const listen = (message) => message.type() === "error" && noisy.push(message.text());
  const fail = (error) => noisy.push(String(error));
  page.on("console", listen);
  page.on("pageerror", fail);
  await page.setViewportSize({ width, height: width === 360 ? 740 : width === 1920 ? 1080 : 900 });
  await page.goto(base + lang + "/" + name, { waitUntil: "load" });
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name.replace(".html", "")}-${lang}-${width}-${scheme}.png`), fullPage: width !== 1920 });
  }
  // axe is put in by the test driver and not by the page: its own policy does not hold for it.
  await page.evaluate(axe);
  // Dark differs from light in colours only.
  const rules =
    scheme === "dark"
      ? { type: "rule", values: ["color-contrast"] }
      : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
  const result = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
  for (const violation of result.violations)
    for (const node of violation.nodes.slice(0, 3)) faults.push(`${where}: ${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split("\n")[1] ?? ""}`);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wider > 0) faults.push(`${where}: the page is ${wider} px wider than the screen`);
  if (width === 1920) {
    const taller = await page.evaluate(() => Math.max(...[...document.querySelectorAll("main, .board")].map((part) => part.scrollHeight - part.clientHeight)));
    if (taller > 1) faults.push(`${where}: the wall is cut off by ${taller} px`);
  }
  for (const line of noisy) faults.push(`${where}: ${line}`);
  page.off("console", listen);
  page.off("pageerror", fail);
}

let count = 0;
const began = Date.now();

async function walk(scheme, lang) {
  const context = await browser.newContext({ colorScheme: scheme, locale: lang === "en" ? "en-GB" : lang });
  const page = await context.newPage();
  for (const name of readdirSync(join(out, lang)).filter((file) => file.endsWith(".html") && (!only || only.split(",").some((word) => file.includes(word))))) {
    // One width is enough for colours.
    for (const width of scheme === "light" ? widthsOf(name) : widthsOf(name).slice(-1)) {
      await check(page, lang, name, width, scheme);
      count += 1;
    }
  }
  await context.close();
  console.error(`${scheme} ${lang}: ${count} views so far, ${faults.length} faults, ${Math.round((Date.now() - began) / 1000)} s`);
}

// Colours are the same in both languages.
await Promise.all([walk("light", "zh-CN"), walk("light", "en"), walk("dark", "zh-CN")]);
await browser.close();
close();
console.log(`${count} views, ${faults.length} faults`);
// The same fault on many pages is one line, with the first page that has it and how many more.
const kinds = new Map();
for (const fault of faults) {
  const cut = fault.indexOf(": ");
  const pages = kinds.get(fault.slice(cut + 2)) ?? [];
  kinds.set(fault.slice(cut + 2), [...pages, fault.slice(0, cut)]);
}
for (const [kind, pages] of kinds) console.log(`${pages[0]}${pages.length > 1 ? ` and ${pages.length - 1} more` : ""}: ${kind}`);
process.exit(faults.length === 0 ? 0 : 1);
