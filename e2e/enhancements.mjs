// What script adds to the pages, tried on the gallery under the product's own content security policy:
// drafts, focus on problems, keyboard, choosing, the class sheet, undo, quick answers in place, exploring a chart.
//
//   cargo run -p lianfang-ui --example gallery -- OUTDIR && npm run enhancements -- OUTDIR
import { chromium } from "playwright-core";
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { LAUNCH, serveGallery } from "./gallery-server.mjs";

const out = process.argv[2];
if (!out || !existsSync(out)) {
  console.error("usage: npm run enhancements -- OUTDIR");
  process.exit(2);
}

// A page without an icon of its own sends the browser to look for one, and what is not found counts as a complaint.
const SENT = '<!DOCTYPE html><link rel="icon" href="data:,"><title>sent</title>';
const sent = [];
const { base, close } = await serveGallery(out, (path, body) => {
  sent.push({ path, body });
  const id = /tasks\/([^/]+)\/do/.exec(path)?.[1];
  return id ? `<li class="task" data-item id="task-${id}"><form data-undo="10"><span data-undo-left></span></form></li>` : SENT;
});
const browser = await chromium.launch(LAUNCH);
let failed = 0;

async function check(name, work) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const noisy = [];
  page.on("console", (message) => message.type() === "error" && noisy.push(message.text()));
  page.on("pageerror", (error) => noisy.push(String(error)));
  try {
    await work(page, (file) => page.goto(`${base}en/${file}.html`, { waitUntil: "load" }));
    assert.deepEqual(noisy, [], "the browser complains");
    console.log(`ok   ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}: ${error.message}`);
  }
  await context.close();
}

await check("what was typed comes back after a reload, sealed fields do not", async (page, open) => {
  await open("register_form-all-kinds-staff");
  await page.fill("#f-note", "kept");
  await page.fill("#f-name", "never kept");
  await page.reload();
  assert.equal(await page.inputValue("#f-note"), "kept");
  assert.equal(await page.inputValue("#f-name"), "");
  assert.equal(await page.locator(".draft-note").count(), 1);
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...sessionStorage, ...localStorage }))).includes("never kept"));
});

await check("a page that is sent back puts the focus on what must be mended", async (page, open) => {
  await open("sign_in-refused-public");
  assert.ok(await page.evaluate(() => document.activeElement.hasAttribute("data-problems")));
  await page.click(".problems a");
  assert.equal(await page.evaluate(() => document.activeElement.id), "f-password");
});

await check("lists are walked with j and k, questions answered with ?, search reached with /", async (page, open) => {
  await open("today-morning-staff");
  await page.keyboard.press("j");
  const first = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("j");
  const second = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("k");
  assert.equal(await page.evaluate(() => document.activeElement.id), first);
  assert.notEqual(first, second);
  await page.keyboard.press("?");
  assert.equal(await page.locator("#keys-help").count(), 1);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.type("jk?");
  assert.equal(await page.inputValue("#q"), "jk?");
});

await check("a quick answer is sent in place and can be taken back for ten seconds", async (page, open) => {
  await open("today-morning-staff");
  await page.click("#task-t1 button[value='36.5']");
  await page.waitForSelector("#task-t1 [data-undo-left]:not(:empty)");
  const last = sent.at(-1);
  assert.equal(last.path, "/today/tasks/t1/do");
  assert.equal(last.body.get("usual"), "36.5");
  assert.equal(last.body.get("csrf"), "sample-token");
});

await check("Enter in the field sends what was typed and not a usual value", async (page, open) => {
  await open("today-morning-staff");
  await page.fill("#task-t2 input[name=celsius]", "37.9");
  await page.press("#task-t2 input[name=celsius]", "Enter");
  await page.waitForSelector("#task-t2 [data-undo-left]");
  const last = sent.at(-1);
  assert.equal(last.body.get("celsius"), "37.9");
  assert.equal(last.body.get("usual"), null);
});

await check("Enter in a form with rows goes on and removes nothing", async (page, open) => {
  await open("declare-stays-two-public");
  await page.fill("#f-from", "2026-11-07");
  await page.press("#f-from", "Enter");
  await page.waitForURL("**/declare/stays");
  assert.equal(sent.at(-1).body.get("act"), "continue");
  assert.equal(sent.at(-1).body.get("remove"), null);
});

await check("all plain proposals are chosen at once, the others are left", async (page, open) => {
  await open("proposals-some-staff");
  await page.click("[data-choose-all]");
  assert.equal(await page.locator("[data-choose=plain]:checked").count(), 2);
  assert.equal(await page.locator("[data-choose=other]:checked").count(), 0);
  assert.match(await page.locator("form [data-chosen]").textContent(), /2/);
});

await check("the class sheet ticks every class at once and counts them", async (page, open) => {
  await open("class_sheet-before-staff");
  await page.check("input[name=class][value=c2]");
  assert.match(await page.locator("form [data-chosen]").textContent(), /1/);
  await page.click("[data-choose-all]");
  assert.equal(await page.locator("input[name=class]:checked").count(), 3);
  assert.match(await page.locator("form [data-chosen]").textContent(), /3/);
});

await check("a chart from the server becomes one to explore", async (page, open) => {
  await open("situation-full-staff");
  await page.click("figure[data-chart=curve] svg.chart");
  await page.waitForSelector("figure[data-chart=curve] .explore svg path", { state: "attached" });
  await page.hover("figure[data-chart=curve] .explore", { position: { x: 200, y: 120 } });
});

await check("without script the pages keep their forms and numbers", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}en/situation-full-public.html`);
  await page.click("figure[data-chart=curve] summary");
  assert.ok(await page.locator("figure[data-chart=curve] table").isVisible());
  await page.goto(`${base}en/today-morning-staff.html`);
  await page.click("#task-t1 button[value='36.8']");
  await page.waitForURL("**/today/tasks/t1/do");
  assert.equal(sent.at(-1).body.get("usual"), "36.8");
  await context.close();
});

await browser.close();
close();
process.exit(failed === 0 ? 0 : 1);
