// Files of one person at the file desk: three pairs, decided from the keyboard alone, and taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { DESK, LOOKS, holds, press, signInAs, visit } from "./visitor.mjs";

// Names that nobody else has, and one number each.
const DOUBLES = [
  ["欧阳样本", "13800138001"],
  ["上官示例", "13800138002"],
  ["诸葛例样", "13800138003"],
];
let city;
let browser;

before(async () => {
  city = await demonstration({ people: 300, days: 3 });
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

async function call(path, body) {
  const answer = await fetch(`${city.url}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${city.logins["grid-worker"].token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Each is registered with a document, and again without. */
async function registerTwice() {
  const { items } = await call("/entries?register=arrival");
  const { stays } = items[0].body;
  const one = (name, identifiers) => ({
    id: crypto.randomUUID(),
    register: "arrival",
    subject: { type: "person", name, identifiers },
    region: items[0].region,
    body: { place_type: "home", transport: "train", stays, home_suitable: true },
  });
  for (const [at, [name, phone]] of DOUBLES.entries()) {
    const entries = [one(name, { phone, id_doc: `E9000000${at}` }), one(name, { phone })];
    const { results } = await call("/entries", { entries });
    assert.ok(results.every((result) => result.status !== "refused"), JSON.stringify(results));
  }
}

test("a file steward decides pairs with the keyboard alone and takes one back", async () => {
  await registerTwice();
  for (const [lang, viewport] of LOOKS) {
    const how = `${lang}-${viewport.width}`;
    const { context, page, noise } = await visit(browser, lang, viewport);
    await page.goto(`${city.url}/?lang=${lang === "en" ? "en" : "zh"}`);
    await signInAs(page, city, "file-steward");
    await page.goto(`${city.url}/people/duplicates`);
    if (viewport !== DESK) {
      // The phone looks for them and finds the pairs; the desk decides.
      await press(page, page.locator("form[action$='/search'] button"));
      for (let again = 0; again < 60 && (await page.locator("progress").count()) > 0; again += 1) {
        await page.waitForTimeout(500);
        await page.reload();
      }
      await page.goto(`${city.url}/people/duplicates`);
      await holds(page, `duplicates-${how}`);
      assert.equal(await page.locator("section[data-item]").count(), 1, await page.locator("main").innerText());
      await context.close();
      continue;
    }
    const pair = () => page.locator("section[data-item]").first().innerText();
    await holds(page, `duplicates-${how}`);
    const first = await pair();
    // 3: later; the pair stays, another is shown.
    await Promise.all([page.waitForNavigation(), page.keyboard.press("3")]);
    assert.notEqual(await pair(), first, "another pair");
    // 2: two people, for good.
    await Promise.all([page.waitForNavigation(), page.keyboard.press("2")]);
    await holds(page, `duplicates-apart-${how}`);
    assert.equal(await page.locator("main .notice[role=status]").count(), 1);
    // 1: one person, a merge with the comparison as its evidence.
    await page.goto(`${city.url}/people/duplicates`);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("1")]);
    const undo = page.locator("main .notice[role=status] a");
    assert.equal(await undo.count(), 1, await page.locator("main").innerText());
    await holds(page, `duplicates-merged-${how}`);
    // What was decided is an entry, and is withdrawn like any other.
    await Promise.all([page.waitForNavigation(), undo.click()]);
    await holds(page, `duplicates-entry-${how}`);
    assert.match(page.url(), /\/entries\//);
    assert.deepEqual(noise, []);
    await context.close();
  }
});
