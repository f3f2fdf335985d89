// The outbox: exactly once, in any order, after a restore, on a full phone; and the seal, opened as a server would.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { bundled } from "./bundled.mjs";

const { Outbox, CallRefused, seal, newId, freshness } = await bundled(`
  export { Outbox, CallRefused } from "./src/kit/outbox";
  export { seal } from "./src/kit/seal";
  export { newId } from "./src/kit/ids";
  export { freshness } from "./src/check/kit";
`);
const { subtle } = webcrypto;
const DAY = 86_400_000;
const NOW = Date.parse("2026-11-22T08:00:00Z");

/** A phone with room for so many checks. */
class Memory {
  parcels = new Map();
  constructor(room = Infinity) {
    this.room = room;
  }
  async put(parcels) {
    const more = parcels.filter(({ id }) => !this.parcels.has(id)).length;
    if (this.parcels.size + more > this.room) throw new DOMException("full", "QuotaExceededError");
    for (const parcel of parcels) this.parcels.set(parcel.id, parcel);
  }
  async list(state, most) {
    const found = [...this.parcels.values()].filter((parcel) => parcel.state === state);
    return found.sort((one, other) => one.madeAt - other.madeAt).slice(0, most);
  }
  async count(state) {
    return (await this.list(state, Infinity)).length;
  }
  async removeSent(before) {
    for (const [id, parcel] of this.parcels) if (parcel.state === "sent" && parcel.madeAt <= before) this.parcels.delete(id);
  }
  async reopen(epoch) {
    for (const [id, parcel] of this.parcels) if (parcel.state === "sent" && parcel.epoch !== epoch) this.parcels.set(id, { ...parcel, state: "waiting" });
  }
}

/** A server that knows a check by its id, which is what is "sealed" here. */
class FakeServer {
  epoch = 1;
  taken = new Map();
  calls = 0;
  trouble = [];
  refuses = new Set();
  post = async (sealed) => {
    this.calls += 1;
    const trouble = this.trouble.shift();
    if (trouble === "down") throw new Error("no network");
    const ids = sealed.map((text) => atob(text));
    if (ids.some((id) => id.startsWith("spoilt"))) throw new CallRefused("unreadable", "a hint", true);
    const results = ids.map((id) => {
      if (this.refuses.has(id)) return { id, status: "refused", code: "not_here", hint: "why" };
      this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
      return { id, status: "accepted" };
    });
    if (trouble === "answer lost") throw new Error("no answer");
    return { epoch: this.epoch, results };
  };
}

const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

async function filled(count, { room, server = new FakeServer(), prefix = "check" } = {}) {
  const store = new Memory(room);
  const outbox = new Outbox(store, server.post, () => NOW);
  for (let n = 0; n < count; n += 1) await outbox.add(`${prefix}${n}`, NOW - (count - n) * 1_000, bytes(`${prefix}${n}`));
  return { store, server, outbox };
}

test("checks wait while there is no network and arrive once when it is back", async () => {
  const { server, outbox } = await filled(450);
  server.trouble = ["down"];
  await assert.rejects(outbox.sync());
  assert.deepEqual(await outbox.waiting(), { waiting: 450, refused: 0, oldestAt: NOW - 450_000, stranded: 0 });
  await Promise.all([outbox.sync(), outbox.sync()]);
  assert.equal(server.taken.size, 450);
  assert.ok([...server.taken.values()].every((times) => times === 1));
  assert.equal((await outbox.waiting()).waiting, 0);
  await outbox.sync();
  assert.ok([...server.taken.values()].every((times) => times === 1), "what was taken is not sent again");
});

test("an answer that was lost means sending again, and the server knows the ids", async () => {
  const { server, outbox } = await filled(3);
  server.trouble = ["answer lost"];
  await assert.rejects(outbox.sync());
  assert.equal((await outbox.waiting()).waiting, 3);
  await outbox.sync();
  assert.deepEqual([server.taken.size, (await outbox.waiting()).waiting], [3, 0]);
});

test("a restored server gets everything again", async () => {
  const { server, outbox } = await filled(250);
  await outbox.sync();
  server.epoch = 2;
  server.taken.clear();
  await outbox.add("later", NOW, bytes("later"));
  await outbox.sync();
  assert.equal(server.taken.size, 251);
  assert.ok([...server.taken.values()].every((times) => times <= 2));
  assert.equal((await outbox.waiting()).waiting, 0);
  server.epoch = 3;
  server.taken.clear();
  await outbox.sawEpoch(3);
  await outbox.sync();
  assert.equal(server.taken.size, 251, "the epoch may also be seen elsewhere");
});

test("what is refused stays with its reason and can be tried again", async () => {
  const { server, outbox } = await filled(3);
  server.refuses.add("check1");
  await outbox.sync();
  const [refused] = await outbox.refused();
  assert.deepEqual([refused.id, refused.code, refused.hint], ["check1", "not_here", "why"]);
  assert.match(await outbox.exported(), new RegExp(`^${btoa("check1")}\n$`));
  server.refuses.clear();
  await outbox.retryRefused();
  await outbox.sync();
  assert.deepEqual([server.taken.size, (await outbox.waiting()).refused], [3, 0]);
});

test("one spoilt check does not keep the others back", async () => {
  const { server, outbox } = await filled(70);
  await outbox.add("spoilt", NOW - 40_500, bytes("spoilt"));
  await outbox.sync();
  assert.equal(server.taken.size, 70);
  assert.deepEqual((await outbox.refused()).map(({ id, code }) => [id, code]), [["spoilt", "unreadable"]]);
});

test("what the server cannot open is set aside with the reason, by its place in the answer", async () => {
  const { server, outbox } = await filled(3);
  const post = server.post;
  server.refuses.add("check1");
  const nameless = new Outbox(outbox.store, async (sealed) => {
    const answer = await post(sealed);
    return { ...answer, results: answer.results.map((result) => (result.status === "refused" ? { ...result, id: null, detail: "what" } : result)) };
  }, () => NOW);
  await nameless.sync();
  assert.deepEqual((await nameless.refused()).map(({ id, hint }) => [id, hint]), [["check1", "what why"]]);
  assert.equal((await nameless.waiting()).waiting, 0);
});

test("a full phone gives up what the server has, then holds the check in the hand", async () => {
  const { server, outbox, store } = await filled(5, { room: 5 });
  await outbox.sync();
  assert.equal(await outbox.add("sixth", NOW, bytes("sixth")), true, "old sent ones make room");
  assert.equal(store.parcels.has("sixth"), true);
  const other = await filled(5, { room: 5, prefix: "full", server });
  assert.equal(await other.outbox.add("stranded", NOW, bytes("stranded")), false);
  assert.equal((await other.outbox.waiting()).stranded, 1);
  assert.ok((await other.outbox.exported()).includes(btoa("stranded")), "and exports it");
  await other.outbox.sync();
  assert.equal(server.taken.get("stranded"), 1);
  assert.equal((await other.outbox.waiting()).waiting, 0);
});

test("sent checks are kept for fourteen days", async () => {
  const server = new FakeServer();
  const store = new Memory();
  let now = NOW;
  const outbox = new Outbox(store, server.post, () => now);
  await outbox.add("one", NOW, bytes("one"));
  await outbox.sync();
  now = NOW + 13 * DAY;
  await outbox.sync();
  assert.equal(store.parcels.size, 1);
  now = NOW + 14 * DAY;
  await outbox.sync();
  assert.equal(store.parcels.size, 0);
});

test("a sealed check is opened by the server's key alone and cannot be changed", async () => {
  const pair = await subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { x, y } = await subtle.exportKey("jwk", pair.publicKey);
  const sealed = await seal({ id: "1", plate: "甘M12345" }, { kid: "AQIDBAUGBwg", x, y });
  assert.equal(sealed[0], 1);
  const [head, kid, point] = [sealed.slice(0, 74), sealed.slice(1, 9), sealed.slice(9, 74)];
  const theirs = await subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, 256);
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = Buffer.concat([Buffer.from("lianfang check v1"), kid, point]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  const key = await subtle.deriveKey(hkdf, base, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const open = (head) => subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(74, 86), additionalData: head }, key, sealed.slice(86));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(await open(head))), { id: "1", plate: "甘M12345" });
  await assert.rejects(open(head.map((byte, index) => byte ^ (index === 3 ? 1 : 0))));
  assert.ok(!Buffer.from(sealed).includes("12345"));
});

test("ids are UUIDs of version 7 and sort by their time", () => {
  const ids = [1, NOW, NOW + 1].map(newId);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([...ids].sort(), ids);
});

test("old keys warn, then stop; a clock that was set back stops too", () => {
  const kept = { kit: { settings: { warn_after_h: 12, stop_after_h: 48 } }, confirmedAt: NOW };
  const after = (hours) => freshness(kept, NOW + hours * 3_600_000);
  assert.deepEqual([0, 11.9, 12, 47.9, 48, 1000, -0.05, -1].map(after), ["fresh", "fresh", "old", "old", "stopped", "stopped", "fresh", "stopped"]);
});
