// Each user's way through the running program, in a browser: phone and desktop, both languages, with and without
// script. Every page on the way is held to WCAG 2.2 AA by axe and must fit its screen.
//
//   npm test                      LIANFANG_BIN names the program, LIANFANG_SHOTS a folder for pictures
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { DESK, PHONE, holds, signInAs, visit } from "./visitor.mjs";

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

const open = (lang, viewport, options) => visit(browser, lang, viewport, options);
const signIn = (page, role) => signInAs(page, city, role);

const send = (page) => Promise.all([page.waitForNavigation(), page.locator("main button[name=act][value=continue]:visible").last().click()]);

// A made-up number with a right check character.
const NUMBER = "11010119900307889X";

async function chooseRegion(page) {
  for (let depth = 0; depth < 5; depth += 1) {
    const select = page.locator("select[name=region]");
    if ((await select.count()) === 0) return;
    const values = await select.locator("option").evaluateAll((options) => options.map((option) => option.value).filter(Boolean));
    const step = page.locator("button[name=step]");
    if (values.length === 0 || (await step.count()) === 0) return;
    await select.selectOption(values[0]);
    await Promise.all([page.waitForNavigation(), step.first().click()]);
  }
}

for (const [lang, viewport, script] of [
  ["zh-CN", PHONE, true],
  ["en", DESK, false],
]) {
  const how = `${lang}-${viewport.width}${script ? "" : "-no-script"}`;
  test(`a traveller declares ahead and gets a pass (${how})`, async () => {
    const { context, page, noise } = await open(lang, viewport, { javaScriptEnabled: script });
    const fitted = (name) => holds(page, `declare-${name}-${how}`, script);
    await page.goto(`${city.url}/?lang=${lang === "en" ? "en" : "zh"}`);
    await holds(page, `home-${how}`, script);
    await page.goto(`${city.url}/declare`);
    await fitted("who");
    await send(page);
    assert.match(await page.locator("main").innerText(), lang === "en" ? /\S/ : /姓名/, "an empty form comes back with its errors");
    await fitted("who-refused");
    await page.locator("input[name=name]").fill(lang === "en" ? "SAMPLE/TRAVELLER" : "样例旅客");
    await page.locator("input[name='document.number']").fill(NUMBER);
    await page.locator("input[name=phone]").fill("13800000000");
    await send(page);
    await fitted("stays");
    await chooseRegion(page);
    const past = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    await page.locator("input[name=from]").fill(past(9));
    await page.locator("input[name=until]").fill(past(2));
    await Promise.all([page.waitForNavigation(), page.locator("button[name=act][value=add]").click()]);
    await fitted("stays-one");
    await send(page);
    await fitted("journey");
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 11) + "10:00";
    await page.locator("input[name=arrives_at]").fill(soon);
    const means = page.locator("select[name=transport]");
    if (await means.count()) await means.selectOption({ index: 1 });
    else await page.locator("input[name=transport]").first().check();
    await send(page);
    await fitted("region");
    await chooseRegion(page);
    const last = page.locator("select[name=region]");
    if (await last.count()) {
      const value = await last.locator("option").evaluateAll((options) => options.map((option) => option.value).find(Boolean));
      if (value) await last.selectOption(value);
    }
    const address = page.locator("input[name=address]");
    if (await address.count()) await address.fill("1-101");
    await send(page);
    await fitted("unit");
    await page.locator("input[name=unit_kind][value=none]").check();
    await send(page);
    await fitted("summary");
    await page.locator("input[name=truthful]").check();
    await Promise.all([page.waitForNavigation(), page.locator("main form button[type=submit]").last().click()]);
    await fitted("done");
    assert.ok((await page.locator("main svg").count()) > 0, "the pass is a code that can be scanned");
    await page.goto(`${city.url}/me`);
    await holds(page, `me-${how}`, script);
    assert.deepEqual(noise, []);
    await context.close();
  });
}

test("a stranger is sent to the sign-in, a wrong password is told", async () => {
  const { context, page } = await open("zh-CN", PHONE);
  await page.goto(`${city.url}/today`);
  assert.match(page.url(), /sign-in/);
  await holds(page, "sign-in-zh-CN-360");
  await page.locator("input[name=login]").fill("nobody");
  await page.locator("input[name=password]").fill("wrong");
  await page.locator("main form button[type=submit]").last().click();
  await page.waitForLoadState();
  assert.match(await page.locator("main").innerText(), /不对|不正确|有误/);
  await context.close();
});

for (const [lang, viewport] of [
  ["zh-CN", PHONE],
  ["zh-CN", DESK],
  ["en", DESK],
]) {
  const how = `${lang}-${viewport.width}`;
  test(`a grid worker's day (${how})`, async () => {
    const { context, page, noise } = await open(lang, viewport);
    await signIn(page, "grid-worker");
    for (const [name, path] of [
      ["today", "/today"],
      ["registers", "/registers"],
      ["register-arrival", "/registers/arrival"],
      ["register-new", "/registers/arrival/new"],
      ["files", "/subjects"],
    ]) {
      const answer = await page.goto(`${city.url}${path}?lang=${lang === "en" ? "en" : "zh"}`);
      assert.equal(answer.status(), 200, path);
      await holds(page, `${name}-${how}`);
    }
    assert.deepEqual(noise, []);
    await context.close();
  });
}
