// What offices do at their desks: sign two hundred orders, acknowledge a report twice, put a record right, open a name
// for a reason, make accounts, check classes in a minute.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { demonstration } from "./program.mjs";
import { LOOKS, holds, press, signInAs, staff, visit } from "./visitor.mjs";

// A whole number of an identity card, or of another document of the city's story.
const WHOLE = /\d{17}[\dX]|E\d{8}/;
let city;
let browser;

before(async () => {
  city = await demonstration({ people: 300, days: 3 });
  await arrive(220);
  browser = await chromium.launch(LAUNCH);
});

after(async () => {
  await browser?.close();
  city?.end();
});

const as = (role, ...look) => staff(browser, city, role, ...look);

async function call(role, path, body) {
  const answer = await fetch(`${city.url}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${city.logins[role].token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(told));
  return told;
}

/** A busy morning: that many people arrive by the same way as one for whom a rule proposes a measure. */
async function arrive(count) {
  const { items } = await call("signer", "/proposals");
  const like = items.find((item) => item.plain);
  const { items: entries } = await call("signer", `/entries?register=arrival&subject=${like.subject}`);
  const { body } = entries.find((entry) => entry.id === like.arrival);
  const own = await call("grid-worker", "/entries?register=arrival");
  const one = (n) => ({
    id: crypto.randomUUID(),
    register: "arrival",
    subject: { type: "person", name: `样例${n}`, identifiers: { id_doc: `E${String(n).padStart(8, "0")}` } },
    region: own.items[0].region,
    body: { place_type: "home", transport: "train", stays: body.stays, home_suitable: true },
  });
  const told = await call("grid-worker", "/entries", { entries: Array.from({ length: count }, (_, n) => one(n)) });
  const taken = told.results.filter((result) => result.status === "accepted").length;
  assert.equal(taken, count, JSON.stringify(told.results.find((result) => result.status !== "accepted")));
}

const hour = (ago) => new Date(Date.now() - ago * 60_000 + 8 * 3_600_000).toISOString().slice(0, 16);

// The phone signs one order first; the desk then signs all plain ones at once, two hundred and more.
for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a signer looks at what rules propose and signs (${how})`, async () => {
    const { context, page, noise } = await as("signer", lang, viewport);
    await holds(page, `signer-today-${how}`);
    await page.goto(`${city.url}/today/proposals`);
    await holds(page, `proposals-${how}`);
    const boxes = page.locator("input[name=proposal]");
    const before = await boxes.count();
    assert.ok(before > 0, "somebody waits");
    if (lang === "en") await page.locator("[data-choose-all=plain]").click();
    else await page.locator("input[name=proposal][data-choose=plain]").first().check();
    const chosen = await page.locator("input[name=proposal]:checked").count();
    if (lang === "en") assert.ok(chosen >= 200, `${chosen} of ${before} are plain`);
    await press(page, page.locator("main button.primary[value=review]"));
    assert.match(await page.locator("main h1").innerText(), new RegExp(String(chosen)));
    await holds(page, `sign-${how}`);
    const order = page.locator("[name=order]");
    if ((await order.first().evaluate((field) => field.tagName)) === "SELECT") await order.selectOption({ index: 1 });
    else await order.first().check();
    const begun = Date.now();
    await press(page, page.locator("main form button.primary"));
    assert.ok(Date.now() - begun < 30_000, "signing does not take half a minute");
    assert.equal(await page.locator("main .error-summary, main [role=alert]").count(), 0, await page.locator("main").innerText());
    // Somebody who arrived twice is covered by one order.
    assert.ok((await page.locator("input[name=proposal]").count()) <= before - chosen);
    await holds(page, `signed-${how}`);
    assert.deepEqual(noise, []);
    await context.close();
  });
}

test("a school reports within two hours, and each of two receivers acknowledges on its own", async () => {
  const school = await as("school");
  await school.page.goto(`${city.url}/registers/school_event/new`);
  await holds(school.page, "school-event-en-1440");
  const choose = async (page, name, value) => {
    const field = page.locator(`[name=${name}]`);
    if ((await field.first().evaluate((one) => one.tagName)) === "SELECT") await field.selectOption(value);
    else await page.locator(`[name=${name}][value=${value}]`).check();
  };
  await choose(school.page, "kind", "fever");
  await school.page.locator("[name=people]").fill("3");
  await school.page.locator("[name=found_at]").fill(hour(30));
  await press(school.page, school.page.locator("main form button.primary").last());
  assert.match(school.page.url(), /\/entries\//, await school.page.locator("main").innerText());
  await school.page.goto(`${city.url}/today`);
  await holds(school.page, "school-today-en-1440");
  const report = school.page.locator("main a[href*='/registers/event_report/new']").first();
  await report.click();
  await school.page.waitForLoadState();
  await press(school.page, school.page.locator("main form button.primary").last());
  assert.match(school.page.url(), /\/entries\//, await school.page.locator("main").innerText());
  for (const [role, [lang, viewport]] of [["cdc", LOOKS[0]], ["education", LOOKS[1]]]) {
    const how = `${role}-${lang}-${viewport.width}`;
    const desk = await as(role, lang, viewport);
    await desk.page.goto(`${city.url}/today`);
    const receipts = desk.page.locator("form[action$='/receipt']");
    const waiting = await receipts.count();
    assert.ok(waiting > 0, `${role} has something to acknowledge`);
    await holds(desk.page, `receipt-${how}`);
    await press(desk.page, receipts.first().locator("button[type=submit]"));
    assert.equal(await desk.page.locator("form[action$='/receipt']").count(), waiting - 1);
    await desk.context.close();
  }
  await school.context.close();
});

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a record is put right and another taken back, each with its reason (${how})`, async () => {
    const { context, page } = await as("grid-worker", lang, viewport);
    const newest = async () => {
      await page.goto(`${city.url}/registers/arrival`);
      const rows = page.locator("tbody tr", { hasNotText: /已更正|已撤回|corrected|withdrawn/ });
      await page.goto(new URL(await rows.first().locator("a[data-open]").getAttribute("href"), city.url).href);
    };
    await newest();
    await holds(page, `entry-${how}`);
    await press(page, page.locator("a[href$='/correct']").first());
    await holds(page, `correct-${how}`);
    await press(page, page.locator("main form button.primary").last());
    assert.match(await page.locator("main").innerText(), /更正的原因|why it is corrected/);
    await page.locator("[name=reason]").fill("typed wrongly");
    await press(page, page.locator("main form button.primary").last());
    assert.match(page.url(), /sent=1/, await page.locator("main").innerText());
    await newest();
    const taken = page.url();
    await press(page, page.locator("a[href$='/withdraw']").first());
    await holds(page, `withdraw-${how}`);
    await press(page, page.locator("main form button.primary").last());
    assert.match(await page.locator("main").innerText(), /撤回的原因|why it is withdrawn/);
    await page.locator("[name=reason]").fill("entered twice");
    await press(page, page.locator("main form button.primary").last());
    assert.equal(new URL(page.url()).pathname, new URL(taken).pathname);
    assert.match(await page.locator("main").innerText(), /已撤回|[Ww]ithdrawn/);
    await context.close();
  });

  test(`a file opens masked; who it is is seen for a reason, and that is seen too (${how})`, async () => {
    const { context, page } = await as("grid-worker", lang, viewport);
    await page.goto(`${city.url}/registers/arrival`);
    await press(page, page.locator("tbody th a[href*='/subjects/']").first());
    const masked = await page.locator("main").innerText();
    assert.match(masked, /\*/);
    await holds(page, `file-${how}`);
    await page.locator("main .aside summary").click();
    const submit = page.locator("main form[action$='/unmask'] button[type=submit]");
    await press(page, submit);
    assert.equal(await page.locator("form[action$='/unmask'] [aria-invalid=true]").count(), 1, "a reason is asked for");
    await page.locator("[name=reason]").fill(lang === "en" ? "calling about the missed check-in" : "电话核实未报到");
    await press(page, submit);
    const opened = await page.locator("main").innerText();
    assert.match(opened, WHOLE, "the number stands in full");
    assert.match(opened, lang === "en" ? /calling about/ : /电话核实/);
    await holds(page, `unmasked-${how}`);
    await page.goto(page.url().replace(/\/unmask$/, ""));
    assert.doesNotMatch(await page.locator("main .aside").innerText(), WHOLE, "the next look is masked again");
    await context.close();
  });

  test(`the morning check of all classes is one sheet (${how})`, async () => {
    const { context, page } = await as("school", lang, viewport);
    await page.goto(`${city.url}/today/classes`);
    await holds(page, `classes-${how}`);
    const open = page.locator("input[name=class]");
    const owed = await open.count();
    // No school day, or all sent already by the city's story: the page says so, and there is nothing to send.
    if (owed < 2) return context.close();
    await press(page, page.locator("main form button.primary"));
    assert.match(await page.locator("main").innerText(), /请勾选|Tick the classes/);
    await open.first().check();
    const id = await open.first().getAttribute("value");
    await page.locator(`[name='absent.${id}']`).fill("9999");
    await press(page, page.locator("main form button.primary"));
    assert.match(await page.locator("main").innerText(), /没有报出|were not sent/);
    await page.locator(`[name='absent.${id}']`).fill("1");
    await press(page, page.locator("main form button.primary"));
    assert.equal(await page.locator("input[name=class]").count(), owed - 1);
    await context.close();
  });
}

test("an administrator makes accounts, one and many, locks one and gives another password", async () => {
  for (const [lang, viewport] of LOOKS) {
    const how = `${lang}-${viewport.width}`;
    const { context, page } = await as("admin", lang, viewport);
    for (const part of ["users", "users/new", "users/bulk", "orgs", "roles", "packs", "retention", "health"]) {
      const answer = await page.goto(`${city.url}/admin/${part}`);
      assert.equal(answer.status(), 200, part);
      await holds(page, `admin-${part.replace("/", "-")}-${how}`);
    }
    const name = `new.${lang.toLowerCase()}`;
    await page.goto(`${city.url}/admin/users/new`);
    await page.locator("[name=login]").fill("x");
    await press(page, page.locator("main form button.primary"));
    assert.equal(await page.locator("[name=login][aria-invalid=true]").count(), 1);
    await page.locator("[name=login]").fill(name);
    const role = page.locator("[name=role]");
    if ((await role.first().evaluate((field) => field.tagName)) === "SELECT") await role.selectOption("auditor");
    else await page.locator("[name=role][value=auditor]").check();
    await press(page, page.locator("main form button.primary"));
    const password = await page.locator("main td code").first().innerText();
    await holds(page, `admin-user-made-${how}`);
    await page.goto(`${city.url}/admin/users/bulk`);
    await page.locator("[name=lines]").fill(`${name}.a,auditor,,2099-12-31\n${name}.b,nobody,\n`);
    await press(page, page.locator("main form button[name=act][value=check]"));
    await holds(page, `admin-bulk-checked-${how}`);
    await page.locator("[name=lines]").fill(`${name}.a,auditor,,2099-12-31\n${name}.b,auditor,\n`);
    await press(page, page.locator("main form button[name=act][value=check]"));
    await press(page, page.locator("main form button[name=act][value=create]"));
    assert.equal(await page.locator("main td code").count(), 2, await page.locator("main").innerText());
    const row = (text) => page.locator("tbody tr", { hasText: text }).first();
    await page.goto(`${city.url}/admin/users?q=${name}.b`);
    await press(page, row(`${name}.b`).locator("form[action$='/lock'] button"));
    await page.goto(`${city.url}/admin/users?q=${name}.b`);
    assert.equal(await row(`${name}.b`).locator("form[action$='/unlock']").count(), 1);
    await press(page, row(`${name}.b`).locator("form[action$='/reset'] button"));
    assert.ok((await page.locator("main .secret").innerText()).length >= 10);
    await context.close();
    const other = await visit(browser, lang, viewport);
    await signInAs(other.page, { url: city.url, logins: { it: { login: name, password } } }, "it");
    assert.doesNotMatch(other.page.url(), /sign-in/, "the new account signs in");
    await other.context.close();
  }
});

test("the situation shows each daily figure with its source, real counts apart; lists leave as safe sheets", async () => {
  for (const [lang, viewport] of LOOKS) {
    const how = `${lang}-${viewport.width}`;
    const { context, page, noise } = await as("cdc", lang, viewport);
    for (const [name, path] of [
      ["situation", "/situation"],
      ["wall", "/situation/wall"],
      ["figure", "/figures/cases-reported"],
      ["figure-past", "/figures/new-confirmed"],
      ["protocols", "/protocols"],
      ["protocol", "/protocols/m217"],
    ]) {
      const answer = await page.goto(`${city.url}${path}`);
      assert.equal(answer.status(), 200, path);
      await holds(page, `${name}-${how}`);
    }
    await page.goto(`${city.url}/situation`);
    const charts = await page.locator("figure[data-chart]").evaluateAll((all) => all.map((one) => one.dataset.chart));
    assert.ok(charts.includes("curve-cases-reported") && charts.includes("curve-cases-by-onset"), String(charts));
    assert.match(await page.locator("figure[data-chart=curve-new-confirmed] figcaption").innerText(), /2020/);
    assert.match(await page.locator("main").innerText(), /Wuhan-2019-nCoV/);
    assert.match(await page.locator(".figure").first().innerText(), /\d/);
    await page.goto(`${city.url}/registers/case_report`);
    const href = await page.locator("a[href*='export.csv']").getAttribute("href");
    const sheet = await page.request.get(new URL(href, city.url).href);
    assert.equal(sheet.status(), 200);
    assert.match((await sheet.text()).split("\n")[0], /case_no/);
    const book = await page.request.get(`${city.url}/registers/case_report/export.xlsx`);
    assert.equal((await book.body()).subarray(0, 2).toString(), "PK");
    assert.deepEqual(noise, []);
    await context.close();
  }
});
