// Stands in front of the program and answers the calls about checks as the server does, so that a test can open what a
// phone sealed, change the epoch, refuse, and be away. Everything else goes through to the program.
import { webcrypto } from "node:crypto";
import { createServer, request } from "node:http";

const { subtle } = webcrypto;
const CODES = (pairs) => pairs.map(([code, zh, en]) => ({ code, title: { zh, en } }));

export class StandIn {
  epoch = 7;
  settings = { fever_c: 37.3, warn_after_h: 12, stop_after_h: 48 };
  revocations = [];
  /** Checks by id, opened, with how often each came. */
  taken = new Map();
  refuses = null;
  isAway = false;
  isRevoked = false;

  static async start(url) {
    const it = new StandIn();
    it.behind = new URL(url);
    it.pair = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    it.seal = await subtle.exportKey("jwk", it.pair.publicKey);
    it.keys = await (await fetch(`${url}/api/v1/pass-keys`)).json();
    it.server = createServer((asked, answer) => void it.serve(asked, answer).catch((error) => answer.destroy(error)));
    await new Promise((ready) => it.server.listen(0, "127.0.0.1", ready));
    // A test that fails leaves it open; the run must end all the same.
    it.server.unref();
    it.url = `http://127.0.0.1:${it.server.address().port}`;
    return it;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  kit() {
    return {
      city: this.keys.city,
      zone: "+08:00",
      now: new Date().toISOString(),
      epoch: this.epoch,
      checkpoint: { id: "c1", name: { zh: "塔子沟卡点", en: "Tazigou checkpoint" }, region: this.keys.city },
      keys: this.keys.jwks,
      revocations: Buffer.concat([Buffer.of(1), ...this.revocations]).toString("base64"),
      seal_key: { kid: "AQIDBAUGBwg", x: this.seal.x, y: this.seal.y },
      settings: this.settings,
      lists: {
        decision: CODES([["admit", "放行", "Admit"], ["refuse", "劝返", "Turn back"], ["hold", "暂留", "Hold"]]),
        reason: CODES([["no_pass", "没有通行码", "No pass"], ["fever", "发热", "Fever"], ["not_holder", "证件不符", "Another's document"]]),
        direction: CODES([["in", "进", "In"], ["out", "出", "Out"]]),
      },
    };
  }

  async open(text) {
    const sealed = Buffer.from(text, "base64");
    const [head, kid, point] = [sealed.subarray(0, 74), sealed.subarray(1, 9), sealed.subarray(9, 74)];
    const theirs = await subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
    const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, this.pair.privateKey, 256);
    const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const info = Buffer.concat([Buffer.from("lianfang check v1"), kid, point]);
    const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    const key = await subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const opening = { name: "AES-GCM", iv: sealed.subarray(74, 86), additionalData: head };
    return JSON.parse(new TextDecoder().decode(await subtle.decrypt(opening, key, sealed.subarray(86))));
  }

  async take(texts) {
    const results = [];
    for (const text of texts) {
      const check = await this.open(text);
      if (this.refuses) results.push({ id: check.id, status: "refused", code: "no_duty", hint: this.refuses });
      else {
        const times = (this.taken.get(check.id)?.times ?? 0) + 1;
        this.taken.set(check.id, { check, times });
        results.push({ id: check.id, status: "accepted", code: null, hint: null });
      }
    }
    return { epoch: this.epoch, results };
  }

  async serve(asked, answer) {
    if (this.isAway) return answer.destroy();
    const pieces = [];
    for await (const piece of asked) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const { pathname } = new URL(asked.url, this.url);
    const say = (status, value) => answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (asked.method === "POST" && pathname === "/api/v1/checkpoint-devices") {
      if (JSON.parse(body).code !== "GATE-1234") return say(404, { code: "no_code", detail: "没有这个登记码", hint: "请重新生成" });
      return say(200, { device: "d1", secret: "s3cret", checkpoint: { id: "c1", name: "塔子沟卡点", region: this.keys.city } });
    }
    if (!pathname.startsWith("/api/v1/checks")) return this.pass(asked, body, answer);
    if (asked.headers.authorization !== "Checkpoint s3cret") return say(401, { code: "sign_in_needed" });
    if (this.isRevoked) return say(401, { code: "device_revoked" });
    if (pathname === "/api/v1/checks/kit") return say(200, this.kit());
    return say(200, await this.take(JSON.parse(body).sealed));
  }

  pass(asked, body, answer) {
    const { method, headers, url } = asked;
    const options = { host: this.behind.hostname, port: this.behind.port, path: url, method, headers: { ...headers, host: this.behind.host } };
    const onward = request(options, (got) => {
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    onward.on("error", (error) => answer.destroy(error));
    onward.end(body);
  }
}
