// Moments as people at a gate say them.

import { say } from "./say";

const MINUTE_MS = 60_000;

/** "12 minutes ago" and the like; never in the future. */
export function ago(at: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - at) / MINUTE_MS));
  if (minutes < 1) return say("ago-now");
  if (minutes < 60) return say("ago-minutes", { n: minutes });
  if (minutes < 48 * 60) return say("ago-hours", { n: Math.floor(minutes / 60) });
  return say("ago-days", { n: Math.floor(minutes / (24 * 60)) });
}

/** Day and time on this phone's clock. */
export function moment(at: number): string {
  const date = new Date(at);
  const two = (number: number): string => (number < 10 ? "0" : "") + number;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return document.documentElement.lang.startsWith("zh")
    ? `${date.getMonth() + 1}月${date.getDate()}日 ${time}`
    : `${date.getDate()} ${date.toLocaleString("en", { month: "short" })} ${time}`;
}
