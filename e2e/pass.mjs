// A pass on its holder's phone: kept at the first look, shown without network and without asking the server, saved as a
// picture, and forgotten when its holder leaves.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { LOOKS, PHONE, holds, press, visit } from "./visitor.mjs";

let city;
let browser;

before(async () => {
  city = await demonstration();
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

// A made-up number with a right check character.
const PERSON = { name: "样例旅客", cn_id: "11010119900307889X", phone: "13800000000" };

/** Declares as another program would; the device is a new one. */
async function declared() {
  const { city: destination } = await (await fetch(`${city.url}/api/v1/pass-keys`)).json();
  const asked = { person: PERSON, arrival_at: new Date(Date.now() + 3_600_000).toISOString(), destination };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${city.url}/api/v1/declarations`, { method: "POST", headers, body: JSON.stringify(asked) });
  const made = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(made));
  return made;
}

/** The holder's browser: its device is known by the cookie. */
async function holder(lang, viewport, options) {
  const made = await declared();
  const visitor = await visit(browser, lang, viewport, { bypassCSP: false, ...options });
  await visitor.context.addCookies([{ name: "lf_device", value: made.device_secret, url: city.url, httpOnly: true }]);
  return { ...visitor, made, path: `/pass/${made.pass_id}` };
}

const isKept = (page) => page.locator("#pass-kept").waitFor();
const shown = (page) => page.locator("#kept-card svg").waitFor();

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a pass is shown and saved as a picture without network (${how})`, async () => {
    const { context, page, noise, made, path } = await holder(lang, viewport);
    await page.goto(`${city.url}${path}?lang=${lang === "en" ? "en" : "zh"}`);
    await isKept(page);
    await holds(page, `pass-server-${how}`);
    await context.setOffline(true);
    await page.goto(`${city.url}${path}`);
    await shown(page);
    assert.equal(await page.locator("#kept-text").textContent(), made.pass);
    assert.match(await page.locator("#kept-area").innerText(), lang === "en" ? /until midnight/ : /24时止/);
    await holds(page, `pass-phone-${how}`);
    await page.locator("#pass-save").click();
    const picture = page.locator("#pass-picture img");
    await picture.waitFor();
    await page.waitForFunction(() => document.querySelector("#pass-picture img").naturalWidth === 900);
    await holds(page, `pass-picture-${how}`);
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#pass-picture a").click()]);
    assert.match(file.suggestedFilename(), /\.png$/);
    if (process.env.LIANFANG_SHOTS) await file.saveAs(`${process.env.LIANFANG_SHOTS}/pass-saved-${how}.png`);
    // The other language lies on the phone too, and the place stays.
    await page.locator(".languages a").click();
    await shown(page);
    assert.ok(page.url().includes(path));
    assert.equal(await page.locator("html").getAttribute("lang"), lang === "en" ? "zh-CN" : "en");
    await page.goto(`${city.url}/pass`);
    await shown(page);
    assert.deepEqual(noise, []);
    await context.close();
  });
}

test("once kept, showing it asks the server for nothing", async () => {
  const { context, page, path } = await holder("zh-CN", PHONE);
  await page.goto(`${city.url}${path}`);
  await isKept(page);
  const asked = [];
  page.on("response", (response) => {
    if (!response.fromServiceWorker() && !response.url().startsWith("blob:") && new URL(response.url()).pathname !== "/pass/sw.js") asked.push(response.url());
  });
  for (const address of [path, "/pass", path]) {
    await page.goto(`${city.url}${address}`);
    await shown(page);
  }
  assert.deepEqual(asked, []);
  await context.close();
});

test("another's pass is asked for, and without network the page says that it is not here", async () => {
  const { context, page, path } = await holder("zh-CN", PHONE);
  const other = await declared();
  await page.goto(`${city.url}${path}`);
  await isKept(page);
  await context.setOffline(true);
  await page.goto(`${city.url}/pass/${other.pass_id}`);
  await page.locator("#kept-none").waitFor();
  assert.match(await page.locator("#kept-none-why").innerText(), /没有网络/);
  assert.equal(await page.locator("#kept-list a").count(), 1, "what is kept is offered");
  await holds(page, "pass-not-here-zh-CN-360");
  await context.close();
});

test("leaving one's page takes the pass off the phone, and so does removing it", async () => {
  const { context, page, path } = await holder("zh-CN", PHONE);
  await page.goto(`${city.url}${path}`);
  await isKept(page);
  await page.goto(`${city.url}/pass`);
  await shown(page);
  await page.locator("#kept-remove").click();
  await page.locator("#kept-none").waitFor();
  await holds(page, "pass-none-zh-CN-360");
  await page.goto(`${city.url}${path}`);
  await isKept(page);
  await page.goto(`${city.url}/me`);
  await press(page, page.locator("[data-forget-passes] button"));
  const left = await page.evaluate(async () => [
    (await caches.keys()).filter((name) => name.includes("pass")),
    (await navigator.serviceWorker.getRegistrations()).length,
    (await indexedDB.databases()).map(({ name }) => name),
  ]);
  assert.deepEqual(left, [[], 0, []]);
  await context.close();
});

test("without script the server draws the picture, and no shared cache may keep it", async () => {
  const { context, page, path } = await holder("zh-CN", PHONE, { javaScriptEnabled: false });
  await page.goto(`${city.url}${path}`);
  const link = await page.locator("#pass-save").getAttribute("href");
  const answer = await fetch(city.url + link);
  assert.equal(answer.headers.get("content-type"), "image/png");
  assert.equal(answer.headers.get("cache-control"), "private, no-store");
  assert.ok((await answer.arrayBuffer()).byteLength < 12_000);
  await page.goto(`${city.url}${link}`);
  await holds(page, "pass-png", false);
  await page.goto(`${city.url}/pass`);
  assert.match(await page.locator("noscript, main").first().innerText(), /我的页面|脚本/);
  await context.close();
});
