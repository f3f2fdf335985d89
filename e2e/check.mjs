// A shift at a checkpoint: a phone is enrolled, sees a real code through its camera, works without network, sends each
// check exactly once when it is back, and keeps nothing that says who passed.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { film, seeing } from "./fake-camera.mjs";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { StandIn } from "./stand-in.mjs";
import { LOOKS, PHONE, holds, visit } from "./visitor.mjs";

const folder = mkdtempSync(join(tmpdir(), "lianfang-check-"));
// Made up, with a right check character.
const DOCUMENT = "11010119900307889X";
const ANOTHER = "440524188001010014";
/** Our own time from a code in the picture to the verdict, on a processor six times slower. */
const VERDICT_MS = 300;

let city;
let browser;
let pass;

/** Declares as a resident does and returns the pass: its text and its drawing. */
async function declare() {
  const regions = await (await fetch(`${city.url}/api/v1/regions`)).json().catch(() => ({}));
  const destination = process.env.LIANFANG_E2E_REGION ?? regions.items?.at(-1)?.id ?? (await (await fetch(`${city.url}/api/v1/pass-keys`)).json()).city;
  const asked = {
    person: { name: "样例旅客", cn_id: DOCUMENT, phone: "13800000000" },
    arrival_at: new Date(Date.now() + 3_600_000).toISOString(),
    destination,
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${city.url}/api/v1/declarations`, { method: "POST", headers, body: JSON.stringify(asked) });
  const made = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(made));
  const drawing = await fetch(`${city.url}${made.pass_svg_url}`, { headers: { authorization: `Device ${made.device_secret}` } });
  return { text: made.pass, svg: await drawing.text() };
}

before(async () => {
  city = await demonstration();
  pass = await declare();
  const drawing = await chromium.launch(LAUNCH);
  await film(await drawing.newPage(), pass.svg, join(folder, "pass.y4m"));
  await drawing.close();
  browser = await chromium.launch({ ...LAUNCH, args: [...LAUNCH.args, ...seeing(join(folder, "pass.y4m"))] });
});

after(async () => {
  await browser?.close();
  city?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A phone at the gate, enrolled by its code, under the page's own content policy. */
async function enrolled(server, lang, viewport) {
  const visitor = await visit(browser, lang, viewport, { bypassCSP: false, permissions: ["camera"] });
  const { page } = visitor;
  await page.goto(`${server.url}/check?lang=${lang === "en" ? "en" : "zh"}#enrol=GATE-1234`);
  await page.locator("#screen-console").waitFor();
  await page.waitForFunction(() => document.querySelector("#state-keys").textContent !== "");
  assert.doesNotMatch(page.url(), /GATE/, "the code leaves the address");
  return visitor;
}

const settled = (page) => page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
const texts = (page, selector) => page.locator(selector).innerText();

/** Waits until the server has so many, each once. */
async function arrived(server, count) {
  for (let tries = 0; server.taken.size < count && tries < 100; tries += 1) await new Promise((later) => setTimeout(later, 100));
  assert.equal(server.taken.size, count);
  return [...server.taken.values()].map(({ check }) => check);
}

async function typeCelsius(page, digits) {
  for (const digit of digits) await page.locator(`[data-key="${digit}"]`).click();
}

/** A hand scanner types faster than a driver of browsers does. */
const handScan = (page, text) =>
  page.evaluate((keys) => {
    for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, [...text, "Enter"]);

/** Everything the phone keeps, as text: databases, storage, caches' addresses. */
const kept = (page) =>
  page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("lianfang-check").onsuccess = (event) => resolve(event.target.result)));
    const read = (name) => new Promise((resolve) => (database.transaction(name).objectStore(name).getAll().onsuccess = (event) => resolve(event.target.result)));
    const readable = (_, value) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value);
    return JSON.stringify([await read("parcels"), await read("kept"), { ...localStorage }, { ...sessionStorage }], readable);
  });

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a person is checked by camera, document and temperature (${how})`, async () => {
    const server = await StandIn.start(city.url);
    const { context, page, noise } = await enrolled(server, lang, viewport);
    await holds(page, `check-console-${how}`);
    await page.locator("#do-scan").click();
    await page.locator("#verdict-ok").waitFor();
    await holds(page, `check-verdict-${how}`);
    assert.equal(await page.locator("#do-admit").isVisible(), false, "one thing is there, two are missing");
    assert.match(await texts(page, "#missing"), lang === "en" ? /Document, Temperature/ : /证件、体温/);
    await page.locator("#document-number").fill(` ${DOCUMENT.toLowerCase()}`);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#answer-document").textContent !== "");
    assert.equal(await page.locator("#document-number").inputValue(), "", "the number is gone");
    assert.equal(await page.locator("#do-admit").isVisible(), false);
    await holds(page, `check-temperature-${how}`);
    await typeCelsius(page, "365");
    await page.locator("#do-admit").waitFor();
    await holds(page, `check-decision-${how}`);
    await page.locator("#do-admit").click();
    const [check] = await arrived(server, 1);
    assert.deepEqual(
      { ...check, id: "", at: "", made_at: "" },
      { id: "", checkpoint: "c1", at: "", made_at: "", direction: "in", pass: pass.text, verdict: "ok", document: "match", celsius: 36.5, plate: null, decision: "admit", reason: null, way: "scan" },
    );
    for (const screen of ["queue", "shift", "settings"]) {
      await page.locator(`[data-go=${screen}]`).click();
      await page.locator(`#screen-${screen}`).waitFor();
      await holds(page, `check-${screen}-${how}`);
    }
    assert.deepEqual(noise, []);
    await context.close();
    server.close();
  });
}

test("a shift without network: nothing is asked for, nothing is lost, everything arrives once", async () => {
  const server = await StandIn.start(city.url);
  const { context, page, noise } = await enrolled(server, "zh-CN", PHONE);
  await settled(page);
  server.isAway = true;
  await context.setOffline(true);
  await page.reload();
  await page.locator("#state-net:not(:empty)").waitFor();
  assert.match(await texts(page, "#state-net"), /未联网/);
  await page.locator("#do-scan").click();
  await page.locator("#verdict-ok").waitFor();
  await page.locator("#document-number").fill(ANOTHER);
  await page.keyboard.press("Enter");
  await typeCelsius(page, "381");
  await page.locator("#do-hold.primary").waitFor();
  assert.match(await texts(page, "#celsius-result"), /38\.1℃，达到发热标准/);
  await page.locator("#do-admit").click();
  assert.match(await texts(page, "#reasons-title"), /选择原因/, "admitting against two objections needs a reason");
  await holds(page, "check-reasons-zh-CN-360");
  await page.locator("#do-cancel").click();
  await page.locator("#do-hold").click();
  await page.locator("#reason-choices button").nth(1).click();
  await page.locator("#do-stop").click();
  await page.locator("#do-paper").click();
  await typeCelsius(page, "364");
  await page.locator("#do-admit").click();
  await page.locator("#reason-choices button").first().click();
  await page.waitForFunction(() => document.querySelector("#tab-count").textContent === "2");
  assert.match(await texts(page, "#state-unsent"), /2条待传/);
  await page.goto(`${server.url}/check?lang=en`);
  await page.locator("#state-unsent:not(:empty)").waitFor();
  assert.match(await texts(page, "#state-unsent"), /2 unsent/, "the other language is there without network too");
  const everything = await kept(page);
  for (const secret of [DOCUMENT, ANOTHER, pass.text, "38.1"]) assert.ok(!everything.includes(secret), `the phone keeps ${secret}`);
  await page.locator("[data-go=queue]").click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#do-export").click()]);
  assert.match(file.suggestedFilename(), /^checks-.*\.txt$/);
  server.isAway = false;
  await context.setOffline(false);
  const checks = await arrived(server, 2);
  assert.deepEqual(checks.map(({ way, document, decision, reason, celsius }) => [way, document, decision, reason, celsius]).sort(), [
    ["paper", "not_compared", "admit", "no_pass", 36.4],
    ["scan", "differs", "hold", "fever", 38.1],
  ]);
  await page.waitForFunction(() => document.querySelector("#tab-count").textContent === "");
  server.epoch = 6;
  server.taken.clear();
  await page.locator("#do-refresh").click();
  await page.reload();
  await arrived(server, 2);
  assert.ok([...server.taken.values()].every(({ times }) => times === 1), "a restored server gets each again, once");
  assert.deepEqual(noise, []);
  await context.close();
  server.close();
});

test("nothing of the app is asked for after the first visit, and the verdict is there in time on a slow phone", async () => {
  const server = await StandIn.start(city.url);
  const { context, page } = await enrolled(server, "zh-CN", PHONE);
  await settled(page);
  const chosen = (await context.cookies()).find(({ name }) => name === "lf_lang");
  assert.ok(!chosen || chosen.value.startsWith("zh"), "what the worker fetches leaves the language of the pages as it was");
  const asked = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!response.fromServiceWorker() && !pathname.startsWith("/api/") && pathname !== "/check/sw.js") asked.push(pathname);
  });
  await page.reload();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  for (let tries = 0; tries < 5; tries += 1) {
    await page.locator("#do-scan").click();
    await page.locator("#verdict-ok").waitFor();
    await page.locator("#do-again").click();
    await page.locator("#do-stop").click();
    await page.waitForTimeout(1_600);
  }
  const took = await page.evaluate(() => performance.getEntriesByName("check-scan-to-verdict").map(({ duration }) => Math.round(duration)));
  console.log(`code to verdict at a sixth of the speed: ${took.join(", ")} ms`);
  // The middle one: this machine has other work to do as well.
  assert.ok(took.length >= 5 && [...took].sort((one, other) => one - other)[2] < VERDICT_MS, String(took));
  assert.deepEqual(asked, []);
  await context.close();
  server.close();
});

test("what the server refuses stays with its reason, and a phone that was taken back says so", async () => {
  const server = await StandIn.start(city.url);
  const { context, page } = await enrolled(server, "zh-CN", PHONE);
  server.refuses = "该卡点此时没有当班记录";
  await page.locator("#do-helper").click();
  await typeCelsius(page, "366");
  await page.locator("#do-refuse").click();
  await page.locator("#reason-choices button").first().click();
  await page.locator("[data-go=queue]").click();
  await page.locator("#refused li").waitFor();
  assert.match(await texts(page, "#refused"), /没有当班记录/);
  await holds(page, "check-refused-zh-CN-360");
  server.isRevoked = true;
  await page.locator("#do-retry").click();
  await page.waitForFunction(() => document.querySelector("#alert").textContent.includes("收回"));
  server.isRevoked = false;
  server.refuses = null;
  await page.locator("#do-sync").click();
  const [check] = await arrived(server, 1);
  assert.deepEqual([check.way, check.pass, check.verdict, check.decision], ["helper", null, "none", "refuse"]);
  await context.close();
  server.close();
});

test("old keys warn, then stop deciding; a hand scanner types; another issuer's code is not kept", async () => {
  const server = await StandIn.start(city.url);
  server.settings = { fever_c: 37.3, warn_after_h: 0, stop_after_h: 48 };
  const { context, page } = await enrolled(server, "zh-CN", PHONE);
  await page.waitForFunction(() => document.querySelector("#alert").textContent.includes("未更新"));
  await handScan(page, pass.text);
  await page.locator("#verdict-ok").waitFor();
  await page.locator("#step-pass [data-fold]").focus();
  await handScan(page, DOCUMENT);
  await page.waitForFunction(() => document.querySelector("#answer-document").textContent === "相符");
  await page.locator("#do-again").click();
  const changed = pass.text.slice(0, 60) + (pass.text[60] === "A" ? "B" : "A") + pass.text.slice(61);
  await page.locator("#do-type").click();
  await page.locator("#typed-text").fill(changed);
  await page.keyboard.press("Enter");
  await page.locator("#verdict-bad").waitFor();
  await page.locator("#do-again").click();
  server.settings = { fever_c: 37.3, warn_after_h: 0, stop_after_h: 0 };
  await page.locator("[data-go=queue]").click();
  await page.locator("#do-refresh").click();
  await page.waitForFunction(() => document.querySelector("#alert").textContent.includes("不再判定"));
  await page.locator("[data-go=console]").click();
  await page.locator("#do-type").click();
  await page.locator("#typed-text").fill(pass.text);
  await page.keyboard.press("Enter");
  await page.locator("#verdict-unknown").waitFor();
  await holds(page, "check-stopped-zh-CN-360");
  await context.close();
  server.close();
});
