// A person under a measure, from their own phone: bound by the code from the community, sees what holds and who
// looked, objects and is answered; and a certificate that anybody can verify.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { LOOKS, DESK, holds, press, signInAs, visit } from "./visitor.mjs";

let city;
let browser;

before(async () => {
  city = await demonstration({ people: 150, days: 12 });
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

/** A code for the person at that line of a register, made by the community. */
async function codeFor(register, line) {
  const { context, page } = await visit(browser, "en", DESK);
  await page.goto(`${city.url}/?lang=en`);
  await signInAs(page, city, "grid-worker");
  await page.goto(`${city.url}/registers/${register}`);
  const people = page.locator("tbody th a[href*='/subjects/']");
  assert.ok((await people.count()) > line, `nobody stands in ${register}`);
  await press(page, people.nth(line));
  const file = page.url();
  await press(page, page.locator("form[action$='/code'] button"));
  const code = await page.locator("main .secret").innerText();
  await holds(page, `code-${register}`);
  return { code, file, context, page };
}

async function bind(page, code, name) {
  await page.goto(`${city.url}/me/recover`);
  await page.locator("[name=code]").fill("nonsense");
  await press(page, page.locator("main form button[type=submit]").last());
  assert.match(page.url(), /recover/);
  await holds(page, `code-refused-${name}`);
  await page.locator("[name=code]").fill(code);
  await press(page, page.locator("main form button[type=submit]").last());
  assert.equal(new URL(page.url()).pathname, "/me", await page.locator("main").innerText());
}

for (const [index, [lang, viewport]] of LOOKS.entries()) {
  const how = `${lang}-${viewport.width}`;
  test(`somebody under a measure is bound by code, objects, and is answered (${how})`, async () => {
    const { code, file, context: office, page: desk } = await codeFor("measure_order", index);
    const { context, page, noise } = await visit(browser, lang, viewport);
    await page.goto(`${city.url}/?lang=${lang === "en" ? "en" : "zh"}`);
    await bind(page, code, how);
    await holds(page, `me-bound-${how}`);
    assert.match(await page.locator("main").innerText(), lang === "en" ? /community/ : /社区/, "who looked is told");
    await press(page, page.locator("form[action$='/me/object'] button[type=submit]"));
    assert.ok((await page.locator("[name=text][aria-invalid=true]").count()) > 0, "an empty objection comes back");
    await page.locator("[name=text]").fill(lang === "en" ? "I was not there on that day" : "那天我不在那里");
    await press(page, page.locator("form[action$='/me/object'] button[type=submit]"));
    assert.match(await page.locator("main").innerText(), lang === "en" ? /under way/ : /办理中/);
    await holds(page, `me-objected-${how}`);
    await desk.goto(`${file}?kind=objection`);
    await desk.goto(`${city.url}/registers/objection_reply/new?subject=${file.split("/").pop()}`);
    const answer = desk.locator("[name=answer]");
    if ((await answer.first().evaluate((field) => field.tagName)) === "SELECT") await answer.selectOption({ index: 1 });
    else await answer.first().check();
    await desk.locator("[name=reason]").fill("checked with the ticket");
    await press(desk, desk.locator("main form button.primary").last());
    assert.match(desk.url(), /\/entries\//, await desk.locator("main").innerText());
    await page.goto(`${city.url}/me`);
    assert.match(await page.locator("main").innerText(), lang === "en" ? /answered/ : /已答复/);
    assert.deepEqual(noise, []);
    await office.close();
    await context.close();
  });

  test(`who is released has a certificate, and a third party verifies it (${how})`, async () => {
    const { code, context: office } = await codeFor("release_order", index);
    const { context, page } = await visit(browser, lang, viewport);
    await page.goto(`${city.url}/?lang=${lang === "en" ? "en" : "zh"}`);
    await bind(page, code, `released-${how}`);
    await press(page, page.locator("main a[href*='/pass/']").last());
    await holds(page, `certificate-${how}`);
    const text = await page.locator("details code").textContent();
    assert.match(text, /^LF1:/);
    const third = await visit(browser, lang, viewport);
    await third.page.goto(`${city.url}/verify?lang=${lang === "en" ? "en" : "zh"}`);
    await holds(third.page, `verify-${how}`);
    for (const [typed, good] of [[text, true], [`${text.slice(0, -4)}AAAA`, false]]) {
      await third.page.locator("[name=text]").fill(typed);
      await press(third.page, third.page.locator("main form button[type=submit]").last());
      await holds(third.page, `verified-${good}-${how}`);
      const said = await third.page.locator("main").innerText();
      assert.equal(lang === "en" ? /not valid|rejected|not accepted/i.test(said) : /无效|不通过|不予/.test(said), !good, said);
    }
    for (const one of [third.context, context, office]) await one.close();
  });
}

test("a hotel's guest stands on the community's list at once", async () => {
  const hotel = await visit(browser, "zh-CN", LOOKS[0][1]);
  await hotel.page.goto(`${city.url}/?lang=zh`);
  await signInAs(hotel.page, city, "hotel");
  await hotel.page.goto(`${city.url}/registers/arrival/new`);
  await holds(hotel.page, "hotel-new-zh-CN-360");
  await hotel.page.locator("[name='subject.name']").fill("样例住客");
  await hotel.page.locator("[name='subject.document.number']").fill("11010119900307889X");
  const place = hotel.page.locator("[name=place_type]");
  if ((await place.first().evaluate((field) => field.tagName)) === "SELECT") await place.selectOption("hotel");
  else await hotel.page.locator("[name=place_type][value=hotel]").check();
  await press(hotel.page, hotel.page.locator("main form button.primary").last());
  assert.match(hotel.page.url(), /\/entries\//, await hotel.page.locator("main").innerText());
  await holds(hotel.page, "hotel-sent-zh-CN-360");
  const signer = await visit(browser, "en", DESK);
  await signer.page.goto(`${city.url}/?lang=en`);
  await signInAs(signer.page, city, "cdc");
  await signer.page.goto(`${city.url}/registers/arrival`);
  assert.match(await signer.page.locator("tbody tr").first().innerText(), /样/, "the newest arrival is the hotel's guest");
  await hotel.context.close();
  await signer.context.close();
});
