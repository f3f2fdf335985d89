// From a text, typed or scanned, to a verdict: here if it is ours, at the server if it is another's or a short code.

import type { Attempt, Standing, Way } from "./attempt";
import { PREFIX } from "./envelope";
import { CallRefused } from "../kit/outbox";
import { Parts } from "./parts";
import type { Phone } from "./phone";
import { knows, say } from "./say";
import { readShortCode } from "./short-code";
import { verify } from "./verify";

/** An attempt that has begun, and what to say of its pass. */
export interface Judged {
  attempt: Attempt;
  words: string;
}

/** A text that is no attempt yet: mistyped, or not to be looked up now. */
export class NotJudged extends Error {}

/** One code of several was read: the others are asked for. */
export class MoreParts extends NotJudged {}

export const parts = new Parts();

export function begun(way: Way, direction: string | null): Attempt {
  return {
    way,
    text: null,
    verdict: "none",
    kind: "none",
    claims: null,
    standing: null,
    document: null,
    celsius: null,
    direction,
    plate: null,
  };
}

async function judgeOurs(phone: Phone, text: string, attempt: Attempt): Promise<Judged> {
  const { trust, kept } = phone;
  if (!trust || !kept) return { attempt: { ...attempt, text }, words: say("no-kit") };
  if (phone.freshness === "stopped") {
    return { attempt: { ...attempt, text }, words: say("keys-stopped", { n: kept.kit.settings.stop_after_h }) };
  }
  const { reason, claims, kind } = await verify(text, trust, phone.now());
  const words = reason === "ok" && kind === "certificate" ? say("certificate") : say(`reason-${reason}`);
  return { attempt: { ...attempt, text, verdict: reason, kind: kind ?? "none", claims }, words };
}

interface Foreign {
  reason: string;
  standing: Standing;
  words?: string;
  issuer?: string;
  name?: string;
  birth?: string;
}

/** Certificates of other issuers carry names: they are verified by the server and not kept, neither here nor there. */
async function judgeForeign(phone: Phone, texts: string[], attempt: Attempt): Promise<Judged> {
  try {
    const { body } = await phone.server.postAsNobody<Foreign>("/api/v1/pass/verify", { texts });
    const said = knows(`reason-${body.reason}`) ? say(`reason-${body.reason}`) : (body.words ?? body.reason);
    const holder = [body.name, body.birth].filter((part) => part).join(" ");
    const words = body.standing === "valid" ? say("foreign", { n: body.issuer ?? "", m: holder }) : said;
    return { attempt: { ...attempt, verdict: body.reason, kind: "foreign", standing: body.standing }, words };
  } catch (error) {
    if (error instanceof CallRefused) return { attempt: { ...attempt, verdict: "format", standing: "not_valid" }, words: say("reason-format") };
    return { attempt, words: say("not-offline") };
  }
}

async function lookUp(phone: Phone, code: string): Promise<string> {
  try {
    return (await phone.server.get<{ text: string }>(`/api/v1/passes/short/${code}`)).body.text;
  } catch (error) {
    if (!(error instanceof CallRefused)) throw new NotJudged(say("short-offline"));
    throw new NotJudged(error.code === "not_found" ? say("short-unknown") : (error.hint ?? say("short-unknown")));
  }
}

const FOREIGN = /^(HC1:|NZCP:|shc:\/)/i;

/** Judges what was scanned or typed. */
export async function judge(phone: Phone, given: string, way: Way, direction: string | null): Promise<Judged> {
  const text = given.trim();
  const attempt = begun(way, direction);
  if (text.startsWith(PREFIX)) return judgeOurs(phone, text, attempt);
  if (FOREIGN.test(text)) {
    const added = parts.add(text);
    if ("whole" in added) return judgeForeign(phone, added.whole, attempt);
    throw new MoreParts(say("parts", { n: added.have, m: added.of }));
  }
  if (way === "typed" && text.length <= 20) {
    const code = readShortCode(text);
    if (!code) throw new NotJudged(say("short-wrong"));
    return judgeOurs(phone, await lookUp(phone, code), attempt);
  }
  // Somebody else's code: it is not kept, only that it was none of ours.
  return { attempt: { ...attempt, verdict: "format" }, words: say("reason-format") };
}
