// A phone on the local network: the city's own certificates, another host name, TLS from end to end.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { LAUNCH } from "./gallery-server.mjs";
import { PROGRAM } from "./program.mjs";
import { LOOKS, holds, press, visit } from "./visitor.mjs";

const HOST = "lianfang.city.test";
const folder = mkdtempSync(join(tmpdir(), "lianfang-tls-"));
const file = (name) => join(folder, name);
let child;
let port;
let account;
let authority;
let browser;

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Asks the server by name, trusting only the city's own authority. */
function ask(path, ca) {
  const options = { host: "127.0.0.1", port, path, ca, servername: HOST, headers: { host: HOST } };
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer));
    });
    asked.on("error", reject);
    asked.end();
  });
}

before(async () => {
  const run = (...words) => execFileSync(PROGRAM, words, { cwd: folder, encoding: "utf8" });
  const database = `sqlite:${file("city.db")}`;
  const made = run("init", "--city", "2224", "--database", database, "--json");
  account = JSON.parse(made.split("\n").find((line) => line.startsWith("{")));
  run("cert", "init", HOST, "--out", folder);
  authority = readFileSync(file("lianfang-ca.crt"));
  port = await freePort();
  child = spawn(
    PROGRAM,
    ["serve", "--database", database, "--listen", `127.0.0.1:${port}`, "--tls-cert", file("server.crt"), "--tls-key", file("server.key")],
    { cwd: folder, stdio: "ignore" },
  );
  for (let tries = 0; ; tries += 1) {
    const answer = await ask("/healthz", authority).catch((error) => error);
    if (answer.statusCode === 200) break;
    assert.ok(tries < 200, String(answer));
    await new Promise((later) => setTimeout(later, 100));
  }
  // The browser is told which key to expect, as a phone that has installed the authority would know it.
  const leaf = new X509Certificate(readFileSync(file("server.crt")));
  const pin = createHash("sha256").update(leaf.publicKey.export({ type: "spki", format: "der" })).digest("base64");
  browser = await chromium.launch({
    ...LAUNCH,
    args: [
      ...LAUNCH.args,
      `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${pin}`,
    ],
  });
});

after(async () => {
  await browser?.close();
  child?.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

test("the certificate is of the name and of the city's authority, and of nobody else's", async () => {
  const answer = await ask("/", authority);
  assert.equal(answer.statusCode, 200);
  assert.match(answer.headers["strict-transport-security"] ?? "", /max-age/);
  await assert.rejects(ask("/", undefined), /certificate|self.signed|issuer/i);
});

for (const [lang, viewport] of LOOKS) {
  const how = `${lang}-${viewport.width}`;
  test(`a phone opens the city by name over TLS and signs in (${how})`, async () => {
    const { context, page, noise } = await visit(browser, lang, viewport);
    const base = `https://${HOST}:${port}`;
    for (const [name, path] of [["home", "/"], ["declare", "/declare"], ["situation", "/situation"]]) {
      const answer = await page.goto(`${base}${path}?lang=${lang === "en" ? "en" : "zh"}`);
      assert.equal(answer.status(), 200, path);
      assert.equal((await answer.securityDetails()).protocol.startsWith("TLS"), true);
      await holds(page, `tls-${name}-${how}`);
    }
    await page.goto(`${base}/sign-in`);
    await page.locator("input[name=login]").fill(account.login ?? "admin");
    await page.locator("input[name=password]").fill(account.password);
    await press(page, page.locator("main form button[type=submit]").last());
    assert.doesNotMatch(page.url(), /sign-in/);
    const session = (await context.cookies()).find((cookie) => cookie.httpOnly);
    assert.ok(session.secure, "the session goes over TLS only");
    assert.deepEqual(noise, []);
    await context.close();
  });
}
