// One person at the gate: what was seen so far, what is missing, and what is written down in the end.

import type { Claims } from "./claims";
import type { Reason } from "./verify";

export type Way = "scan" | "typed" | "paper" | "helper";
export type Compared = "match" | "differs" | "not_compared";
export type Decision = "admit" | "refuse" | "hold";
export type Need = "pass" | "document" | "temperature";

/** What can be said of another issuer's certificate; never a status of its holder. */
export type Standing = "valid" | "not_valid" | "unknown_issuer";

export interface Attempt {
  way: Way;
  /** The code's text, when it is one of ours: the server looks again. */
  text: string | null;
  /** What verifying said; `none` when nothing was verified. */
  verdict: Reason | string;
  /** What it was: only a pass of the day admits without a reason. */
  kind: "pass" | "certificate" | "foreign" | "none";
  claims: Claims | null;
  /** Of another issuer's certificate, once the server judged it. */
  standing: Standing | null;
  document: Compared | null;
  celsius: number | null;
  direction: string | null;
  plate: string | null;
}

/** What the server is told. Nothing in it says who it was. */
export interface Check {
  id: string;
  checkpoint: string;
  at: string;
  made_at: string;
  direction: string | null;
  pass: string | null;
  verdict: string;
  document: Compared;
  celsius: number | null;
  plate: string | null;
  decision: Decision;
  reason: string | null;
  way: Way;
}

export const CELSIUS = { least: 30, most: 45 };

/** What must be seen before somebody is admitted and was not. */
export function missing(attempt: Attempt | null): Need[] {
  if (!attempt) return ["pass", "document", "temperature"];
  const needs: Need[] = [];
  if (attempt.document === null) needs.push("document");
  if (attempt.celsius === null) needs.push("temperature");
  return needs;
}

/** Why admitting needs a reason: words by their keys; none when everything fits. */
export function objections(attempt: Attempt, feverC: number): string[] {
  const found: string[] = [];
  if (attempt.verdict === "none") found.push("none");
  else if (attempt.verdict !== "ok") found.push(`reason-${attempt.verdict}`);
  else if (attempt.kind !== "pass") found.push(attempt.kind === "foreign" ? "object-foreign" : "object-certificate");
  if (attempt.document === "differs") found.push("object-differs");
  if (attempt.document === "not_compared" && attempt.claims) found.push("object-not-compared");
  if (isFever(attempt.celsius, feverC)) found.push("object-fever");
  return found;
}

export function isFever(celsius: number | null, feverC: number): boolean {
  return celsius !== null && celsius >= feverC;
}

/** Whether that decision cannot stand without a reason. */
export function needsReason(attempt: Attempt, decision: Decision, feverC: number): boolean {
  return decision !== "admit" || objections(attempt, feverC).length > 0;
}

/** Whether that decision may be taken now: admitting needs all three, the others a person at the gate. */
export function isOffered(attempt: Attempt | null, decision: Decision): boolean {
  return attempt !== null && (decision !== "admit" || missing(attempt).length === 0);
}

/** A temperature as it is typed: three digits are enough. Nothing while it is not one. */
export function readCelsius(typed: string): number | null {
  const text = typed.trim().replace(/[。．,，]/g, ".");
  const found = /^(\d\d)\.?(\d)$/.exec(text);
  if (!found) return null;
  const celsius = Number(`${found[1]}.${found[2]}`);
  return celsius >= CELSIUS.least && celsius <= CELSIUS.most ? celsius : null;
}

/** A plate as it is written: upper case, no spaces or dots. */
export function readPlate(typed: string): string | null {
  const plate = typed.toUpperCase().replace(/[\s·.\-]/g, "").slice(0, 12);
  return plate === "" ? null : plate;
}
