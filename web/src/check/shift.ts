// Counts of a shift: person-times by decision and way. A person checked twice counts twice; who it was is not kept.

import type { Decision, Way } from "./attempt";

export interface Shift {
  startedAt: number;
  endedAt: number | null;
  counts: Partial<Record<Decision, Partial<Record<Way, number>>>>;
}

export const DECISIONS: Decision[] = ["admit", "refuse", "hold"];
export const WAYS: Way[] = ["scan", "typed", "paper", "helper"];

export function newShift(startedAt: number): Shift {
  return { startedAt, endedAt: null, counts: {} };
}

/** The shift with one more check. */
export function counted(shift: Shift, decision: Decision, way: Way): Shift {
  const row = shift.counts[decision] ?? {};
  return { ...shift, counts: { ...shift.counts, [decision]: { ...row, [way]: (row[way] ?? 0) + 1 } } };
}

/** A row a decision and one of totals; a column a way and one of totals. */
export function table(shift: Shift): number[][] {
  const rows = DECISIONS.map((decision) => WAYS.map((way) => shift.counts[decision]?.[way] ?? 0));
  rows.push(WAYS.map((_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0)));
  return rows.map((row) => [...row, row.reduce((sum, count) => sum + count, 0)]);
}
