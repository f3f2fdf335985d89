// A school's morning where the network ends: the list opens all the same, one tap is kept sealed, said honestly, sent once
// when the net is back, and what the server refuses comes back with its reason.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { LOOKS, PHONE, holds, signInAs, visit } from "./visitor.mjs";

let city;
let browser;

before(async () => {
  city = await demonstration();
  const { org } = city.logins["school"];
  const account = { name: "teacher-of-today", password: "Seven-kites-over-4-roofs", role: "homeroom-teacher", org };
  const headers = { "content-type": "application/json", authorization: `Bearer ${city.logins["admin"].token}` };
  const made = await fetch(`${city.url}/api/v1/users`, { method: "POST", headers, body: JSON.stringify({ users: [account] }) });
  assert.equal(made.status, 201);
  city.logins["teacher"] = { login: account.name, password: account.password };
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

/** Signed in, with tasks that one tap answers. */
async function school(lang, viewport) {
  const visitor = await visit(browser, lang, viewport, { bypassCSP: false });
  await signInAs(visitor.page, city, "teacher");
  await visitor.page.goto(`${city.url}/today?lang=${lang === "en" ? "en" : "zh"}`);
  await visitor.page.locator("form.quick[data-register=class_exercise]").first().waitFor();
  return visitor;
}

const openOnes = (page) => page.locator("li.task:not([data-kept]) form.quick[data-register=class_exercise]:visible");

/** Everything that the page's databases hold, as text. */
const kept = (page) =>
  page.evaluate(async () => {
    const readable = (_, value) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value);
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
      for (const store of database.objectStoreNames) {
        const all = await new Promise((resolve) => (database.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve(event.target.result)));
        texts.push(JSON.stringify(all, readable));
      }
      database.close();
    }
    return texts.join();
  });

/** Whether the server has the entry: whoever wrote it may read it back. */
const hasEntry = (page, id) => page.evaluate(async (id) => (await fetch(`/entries/${id}`)).status === 200, id);

/** How many entries the register has. */
const entries = (page) => page.evaluate(async () => (await (await fetch("/api/v1/entries?register=class_exercise&limit=500")).json()).items.length);

const keptIds = (page) => page.locator("li.task[data-kept]").evaluateAll((lines) => lines.map((line) => line.dataset.kept));
const isReady = (page) => page.waitForFunction(() => document.documentElement.dataset.tasks === "ready");

/** Answers the first open task with the hour that was asked for. */
async function answer(page, minutes = "60") {
  // Those of yesterday come first, and nothing that is done now discharges them.
  const form = openOnes(page).last();
  await form.locator("input[type=text]").fill(minutes);
  await form.locator("button[type=submit]:not(.sr)").last().click();
}

/** The same without network: it waits at its line. */
async function tap(page, count) {
  await answer(page);
  await page.waitForFunction((count) => document.querySelectorAll("li.task[data-kept] .task-kept").length === count, count);
}

const says = (page, place, words) => page.waitForFunction(([place, words]) => new RegExp(words).test(document.querySelector(place)?.innerText ?? ""), [place, words]);

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  const many = (n) => (lang === "en" ? `^${n} not yet sent, oldest \\d\\d:\\d\\d` : `^${n}条未发送，最早\\d\\d:\\d\\d`);

  test(`a list opened without network is answered and sent once (${how})`, async () => {
    const { context, page, noise } = await school(lang, viewport);
    await isReady(page);
    const before = await entries(page);
    await holds(page, `today-before-${how}`);
    const sent = [];
    page.on("request", (request) => request.url().endsWith("/api/v1/entries") && sent.push(request.postDataJSON()));
    // One over the network first: the kept list knows it as answered.
    await answer(page);
    await page.locator("li.task [data-undo-left]").first().waitFor({ state: "attached" });
    await context.setOffline(true);
    await tap(page, 1);
    // The browser is closed and opened again at the next door, without network.
    await page.goto(`${city.url}/today`);
    await page.waitForFunction(() => !document.querySelector("#kept-page").hidden);
    await says(page, "#kept-page", lang === "en" ? "^No network. This list is as of \\d\\d:\\d\\d" : "^没有网络。清单截至\\d\\d:\\d\\d");
    await page.waitForFunction(() => document.querySelectorAll("li.task[data-kept]").length === 1);
    assert.equal(await page.locator(".task-sent").count(), 1, "what was answered over the network is not asked again");
    await tap(page, 2);
    await tap(page, 3);
    await says(page, "#kept-unsent", many(3));
    await holds(page, `today-offline-${how}`);
    assert.doesNotMatch(await kept(page), /minutes|"60"/, "what was tapped cannot be read on the phone");
    // One was a slip of the finger.
    await page.locator(".task-kept button").first().click();
    await says(page, "#kept-unsent", many(2));
    const ids = await keptIds(page);
    await context.setOffline(false);
    await page.waitForFunction(() => document.querySelector("#kept-unsent").hidden && document.querySelectorAll(".task-sent").length === 3);
    for (const id of ids) assert.equal(await hasEntry(page, id), true);
    assert.equal(sent.flatMap(({ sealed }) => sealed).length, 2);
    assert.equal(await entries(page), before + 3);
    await page.goto(page.url());
    await page.waitForFunction(() => document.querySelector("#kept-page").hidden);
    await holds(page, `today-after-${how}`);
    assert.deepEqual(noise, []);
    await context.close();
  });
}

test("an answer that was lost on the way is sent again as the same entry, once", async () => {
  const { context, page } = await school("zh-CN", PHONE);
  await isReady(page);
  const before = await entries(page);
  // The server gets the tap; its answer is lost.
  const tapped = [];
  await page.route("**/today/tasks/*/do", async (route) => {
    tapped.push(new URLSearchParams(route.request().postData()).get("entry"));
    await route.fetch();
    await route.abort();
  });
  await tap(page, 1);
  assert.deepEqual(await keptIds(page), tapped);
  assert.equal(await hasEntry(page, tapped[0]), true);
  await page.locator("#kept-send").click();
  await page.locator(".task-sent").waitFor();
  assert.equal(await page.locator("#kept-refused").isVisible(), false);
  assert.equal(await entries(page), before + 1);
  await context.close();
});

test("a server that came back from a backup gets again what it had, and has it once", async () => {
  const { context, page } = await school("zh-CN", PHONE);
  await isReady(page);
  await context.setOffline(true);
  await tap(page, 1);
  const [id] = await keptIds(page);
  await context.setOffline(false);
  await page.locator(".task-sent").waitFor();
  const before = await entries(page);
  const sent = [];
  page.on("request", (request) => request.url().endsWith("/api/v1/entries") && sent.push(request.postDataJSON()));
  // The page of a server in another epoch, as after a restore.
  await page.evaluate(() => navigator.serviceWorker.getRegistration("/today").then((worker) => worker.unregister()));
  await page.route("**/today", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/"epoch":(\d+)/, (_, epoch) => `"epoch":${Number(epoch) + 7}`) });
  });
  const again = page.waitForResponse((response) => response.url().endsWith("/api/v1/entries"));
  await page.goto(`${city.url}/today`);
  const { results } = await (await again).json();
  assert.deepEqual(results.map((result) => [result.id, result.status === "refused"]), [[id, false]]);
  assert.equal(await entries(page), before);
  await context.close();
});

test("what the server refuses comes back to the task with its reason, into a file, and away", async () => {
  const { context, page } = await school("zh-CN", PHONE);
  await isReady(page);
  await context.setOffline(true);
  await answer(page, "9999");
  await page.locator(".task-kept").waitFor();
  await context.setOffline(false);
  await page.locator(".task-refused").waitFor();
  assert.match(await page.locator(".task-refused").innerText(), /^未收下：.{4,}/);
  assert.equal(await openOnes(page).last().isVisible(), true, "and can be answered again");
  await holds(page, "today-refused-zh-CN-360");
  const saving = page.waitForEvent("download");
  await page.locator("#kept-refused [data-export]").click();
  const file = readFileSync(await (await saving).path(), "utf8");
  assert.match(file, /^[A-Za-z0-9+/]{100,}=*\n$/);
  await page.goto(`${city.url}/today`);
  await page.locator(".task-refused").waitFor();
  await page.locator(".task-refused button").click();
  await page.waitForFunction(() => document.querySelector("#kept-refused").hidden);
  await context.close();
});

test("whoever signs out leaves no list on the phone; what waits is sent when they are back", async () => {
  const { context, page } = await school("zh-CN", PHONE);
  await isReady(page);
  await context.setOffline(true);
  await tap(page, 1);
  const [id] = await keptIds(page);
  await context.setOffline(false);
  await page.route("**/api/v1/entries", (route) => route.abort());
  await Promise.all([page.waitForNavigation(), page.evaluate(() => document.querySelector("form[data-forget]").requestSubmit())]);
  await page.unroute("**/api/v1/entries");
  await context.setOffline(true);
  await page.goto(`${city.url}/today`);
  assert.match(await page.locator("body").innerText(), /本机也没有留存的任务清单/);
  await context.setOffline(false);
  await signInAs(page, city, "teacher");
  await page.goto(`${city.url}/today`);
  await isReady(page);
  await page.waitForFunction(() => document.querySelector("#kept-unsent").hidden);
  assert.equal(await hasEntry(page, id), true);
  await context.close();
});

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a register's own form opens at the line without network (${how})`, async () => {
    const { context, page, noise } = await visit(browser, lang, viewport, { bypassCSP: false });
    await signInAs(page, city, "unit");
    await page.goto(`${city.url}/today?lang=${lang === "en" ? "en" : "zh"}`);
    await isReady(page);
    await context.setOffline(true);
    await page.goto(`${city.url}/today`);
    await page.locator("a[data-fill]").last().click();
    await page.locator(".task-form [name=abnormal]").fill("0");
    await page.locator(".task-form [name=summary]").fill("晨检正常 All well");
    await holds(page, `today-form-${how}`);
    await page.locator(".task-form button[type=submit]").click();
    await page.locator("li.task[data-kept]").waitFor();
    const [id] = await keptIds(page);
    await context.setOffline(false);
    await page.locator(".task-sent").waitFor();
    await page.goto(`${city.url}/entries/${id}`);
    assert.match(await page.locator("main").innerText(), /晨检正常 All well/);
    assert.deepEqual(noise, []);
    await context.close();
  });
}

test("another account on the same phone neither sees nor sends it", async () => {
  const { context, page } = await school("zh-CN", PHONE);
  await context.setOffline(true);
  await tap(page, 1);
  const sealed = await page.evaluate(async () => {
    const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("lianfang-today-"));
    const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
    const [parcel] = await new Promise((resolve) => (database.transaction("parcels").objectStore("parcels").getAll().onsuccess = (event) => resolve(event.target.result)));
    return btoa(String.fromCharCode(...parcel.sealed));
  });
  await context.setOffline(false);
  await page.close();
  const headers = { "content-type": "application/json", authorization: `Bearer ${city.logins["cdc"]?.token ?? city.logins["command"].token}` };
  const answer = await fetch(`${city.url}/api/v1/entries`, { method: "POST", headers, body: JSON.stringify({ sealed: [sealed] }) });
  const { results } = await answer.json();
  assert.deepEqual(results.map(({ status, code }) => [status, code]), [["refused", "other_account"]]);
  await context.close();
});
