// A gate of a real city: everything as it will be on the day, with nothing standing in for the server. A phone is enrolled by
// its one-time code, sees a pass that the server issued, works while the net is cut, sends each check once, sends again what
// a restored server forgot, and is taken back.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { film, seeing } from "./fake-camera.mjs";
import { LAUNCH } from "./gallery-server.mjs";
import { PROGRAM } from "./program.mjs";
import { PHONE, holds, press, visit } from "./visitor.mjs";

const folder = mkdtempSync(join(tmpdir(), "lianfang-gate-"));
const file = (name) => join(folder, name);
const database = `sqlite:${file("city.db")}`;
// Made up, with right check characters.
const TRAVELLER = "11010119900307889X";
const NEXT = "371702199202020285";

let child;
let port;
let lead;
let password;
let gate;
let browser;
let passes;

const base = () => `http://127.0.0.1:${port}`;

/** One of the program's own commands; its last line of JSON. */
function run(...words) {
  const told = execFileSync(PROGRAM, [...words, "--database", database], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return JSON.parse(told.trim().split("\n").filter((line) => line.startsWith("{") || line.startsWith("[")).at(-1) ?? "null");
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port: found } = server.address();
  await new Promise((closed) => server.close(closed));
  return found;
}

async function serve() {
  child = spawn(PROGRAM, ["serve", "--database", database, "--listen", `127.0.0.1:${port}`], { cwd: folder, stdio: "ignore" });
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${base()}/readyz`).catch((error) => error);
    if (answer.status === 200) return;
    assert.ok(tries < 300, String(answer));
    await new Promise((later) => setTimeout(later, 100));
  }
}

async function end() {
  const over = new Promise((gone) => child.once("exit", gone));
  child.kill("SIGTERM");
  await over;
}

async function call(method, path, body, authorization = `Bearer ${lead}`) {
  const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
  const answer = await fetch(`${base()}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const told = await answer.json();
  assert.equal(answer.status, 200, `${path} ${JSON.stringify(told)}`);
  return told;
}

/** A traveller declares for the day; the pass and its drawing. */
async function declare(name, number) {
  const asked = { register: "one_code", person: { name, cn_id: number, phone: "13800000000" }, origin: "样例县" };
  const made = await call("POST", "/declarations", asked, null);
  const drawing = await fetch(`${base()}${made.pass_svg_url}`, { headers: { authorization: `Device ${made.device_secret}` } });
  return { text: made.pass, svg: await drawing.text() };
}

before(async () => {
  run("init", "--city", "6205", "--json");
  writeFileSync(file("orgs.csv"), "type,name,region\nauthority,样例市卡点办公室,6205\n");
  const [org] = [run("org", "import", file("orgs.csv"), "--json")].flat();
  ({ password } = run("user", "add", "lead", "--role", "checkpoint-lead", "--org", org.id ?? org.orgs?.[0]?.id, "--json"));
  lead = run("user", "token", "lead", "--json").token;
  port = await freePort();
  await serve();
  const entry = {
    id: randomUUID().replace(/^(.{14})./, "$17"),
    register: "checkpoint_file",
    subject: { type: "checkpoint", identifiers: { code: "QY-1" }, name: "样例卡点" },
    region: "6205",
    body: { kind: "road", manned_by: org.id ?? org.orgs?.[0]?.id, staff: 6 },
  };
  const { results } = await call("POST", "/entries", { entries: [entry] });
  assert.equal(results[0].status, "accepted", JSON.stringify(results));
  gate = results[0].subject;
  passes = { traveller: await declare("样例旅客", TRAVELLER), next: await declare("样例乙", NEXT) };
  const drawing = await chromium.launch(LAUNCH);
  await film(await drawing.newPage(), passes.traveller.svg, file("pass.y4m"));
  await drawing.close();
  browser = await chromium.launch({ ...LAUNCH, args: [...LAUNCH.args, ...seeing(file("pass.y4m"))] });
});

after(async () => {
  await browser?.close();
  child?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

const text = (page, selector) => page.locator(selector).innerText();
const noneWaits = (page) => page.waitForFunction(() => document.querySelector("#tab-count").textContent === "");

/** The checks that the server holds, oldest first; waits until there are so many. Temperatures are in tenths. */
async function held(count) {
  for (let tries = 0; ; tries += 1) {
    const { items } = await call("GET", "/entries?register=checkpoint_check");
    if (items.length === count) return items.map(({ body }) => body).reverse();
    assert.ok(tries < 100, `${items.length} checks and not ${count}`);
    await new Promise((later) => setTimeout(later, 100));
  }
}

async function measure(page, digits) {
  for (const digit of digits) await page.locator(`[data-key="${digit}"]`).click();
}

/** Who manages the gate brings the file of a phone. */
async function upload(path) {
  const { context, page, noise } = await visit(browser, "zh-CN", PHONE);
  await page.goto(`${base()}/sign-in`);
  await page.locator("input[name=login]").fill("lead");
  await page.locator("input[name=password]").fill(password);
  await press(page, page.locator("main form button[type=submit]").last());
  await page.goto(`${base()}/checkpoints/upload`);
  await holds(page, "gate-upload-zh-CN-360");
  await page.locator("#f-file").setInputFiles(path);
  await press(page, page.locator("main form button.primary"));
  assert.match(await text(page, "main"), /1条中已有1条在登记册中/);
  await holds(page, "gate-uploaded-zh-CN-360");
  assert.deepEqual(noise, []);
  await context.close();
}

test("a shift at the gate of a real server, through a cut and a restore", async () => {
  const { code } = await call("POST", `/checkpoints/${gate}/devices`, { name: "一号机" });
  const { context, page, noise } = await visit(browser, "zh-CN", PHONE, { bypassCSP: false, permissions: ["camera"] });
  await page.goto(`${base()}/check?lang=zh#enrol=${code}`);
  await page.locator("#screen-console").waitFor();
  await page.waitForFunction(() => document.querySelector("#state-keys").textContent !== "");
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
  assert.doesNotMatch(page.url(), new RegExp(code), "the code leaves the address");
  await holds(page, "gate-console-zh-CN-360");

  // By camera, everything in order.
  await page.locator("#do-scan").click();
  await page.locator("#verdict-ok").waitFor();
  await page.locator("#document-number").fill(TRAVELLER);
  await page.keyboard.press("Enter");
  await measure(page, "365");
  await page.locator("#do-admit").click();
  const [first] = await held(1);
  assert.deepEqual(
    [first.pass_verdict, first.verified, first.document, first.celsius, first.decision, first.way],
    ["ok", "ok", "match", 365, "admit", "scan"],
  );
  await noneWaits(page);
  await page.locator("#do-stop").click();
  run("backup", file("backup.db"));

  // The net is cut: the app is there, decides, and keeps.
  await context.setOffline(true);
  await page.reload();
  await page.locator("#state-net:not(:empty)").waitFor();
  await page.locator("#do-type").click();
  await page.locator("#typed-text").fill(passes.next.text);
  await page.keyboard.press("Enter");
  await page.locator("#verdict-ok").waitFor();
  await page.locator("#document-number").fill(TRAVELLER);
  await page.keyboard.press("Enter");
  await measure(page, "381");
  await page.locator("#do-hold.primary").click();
  await page.locator("#reason-choices button").nth(2).click();
  await page.waitForFunction(() => document.querySelector("#tab-count").textContent === "1");
  assert.match(await text(page, "#state-unsent"), /1条待传/);
  await holds(page, "gate-offline-zh-CN-360");

  // It might never be back: what waits is carried by hand. By both ways it counts once.
  await page.locator("[data-go=queue]").click();
  const [exported] = await Promise.all([page.waitForEvent("download"), page.locator("#do-export").click()]);
  await exported.saveAs(file("checks.txt"));
  await upload(file("checks.txt"));
  await held(2);
  await context.setOffline(false);
  await noneWaits(page);
  const [, second] = await held(2);
  assert.deepEqual([second.document, second.decision, second.celsius, second.way], ["differs", "hold", 381, "typed"]);
  await noneWaits(page);
  await page.locator("[data-go=queue]").click();
  await page.locator("#do-sync[disabled]").waitFor();

  // The server loses what came after the backup; the phone has it still and sends it again, once.
  await end();
  run("restore", file("backup.db"), "--force");
  await serve();
  await held(1);
  await page.locator("#do-refresh").click();
  await page.reload();
  const again = await held(2);
  assert.deepEqual(again.map(({ decision }) => decision).sort(), ["admit", "hold"]);
  await page.reload();
  await page.waitForTimeout(1_500);
  await held(2);

  // Lost: who manages the gate takes the phone back.
  const { items } = await call("GET", `/checkpoints/${gate}/devices`);
  await call("DELETE", `/checkpoint-devices/${items[0].id}`);
  await page.locator("[data-go=queue]").click();
  await page.locator("#do-refresh").click();
  await page.waitForFunction(() => document.querySelector("#alert").textContent.includes("收回"));
  await holds(page, "gate-taken-back-zh-CN-360");
  assert.deepEqual(noise, []);
  await context.close();
});
