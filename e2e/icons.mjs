// Draws the icons of the installable app from its one drawing: some launchers take pictures only. Run it when the drawing
// changed; what it writes is committed.
//
//   npm run icons
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";

const folder = join(import.meta.dirname, "../web/src");
const svg = readFileSync(join(folder, "icon.svg"), "utf8");
const square = svg.replace(' rx="5"', "");

/** `inner` is the part of the width that the drawing takes: launchers cut up to a tenth off each side of a maskable one. */
async function draw(page, name, side, drawing, inner) {
  await page.setViewportSize({ width: side, height: side });
  const picture = `data:image/svg+xml;base64,${Buffer.from(drawing).toString("base64")}`;
  const inset = ((1 - inner) / 2) * 100;
  await page.setContent(
    `<style>body { margin: 0; background: ${inner < 1 ? "#0b5c5f" : "transparent"} } img { position: absolute; inset: ${inset}%; width: ${inner * 100}%; height: ${inner * 100}% }</style><img src="${picture}">`,
  );
  await page.locator("img").evaluate((image) => image.decode());
  await page.screenshot({ path: join(folder, "icons", name), omitBackground: true });
}

const browser = await chromium.launch(LAUNCH);
const page = await browser.newPage();
await draw(page, "icon-192.png", 192, svg, 1);
await draw(page, "icon-512.png", 512, svg, 1);
await draw(page, "icon-maskable-512.png", 512, square, 0.8);
await browser.close();
