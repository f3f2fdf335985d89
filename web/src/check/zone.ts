// Civil days in the city's zone.

const DAY_MS = 86_400_000;

/** Minutes ahead of UTC for `+08:00`, `UTC+8`, and the zone that cities here have; old phones know no names of zones. */
function fixedMinutes(zone: string): number | null {
  if (["Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "PRC", "China"].includes(zone)) return 480;
  const found = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone);
  if (found) return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0));
  return ["UTC", "Z", "Etc/UTC"].includes(zone) ? 0 : null;
}

/** Days since 1970-01-01 on which the moment (milliseconds) falls there. */
export function dayOf(zone: string, at: number): number {
  const minutes = fixedMinutes(zone);
  if (minutes !== null) return Math.floor((at + minutes * 60_000) / DAY_MS);
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" }).formatToParts(new Date(at));
  const part = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day")) / DAY_MS;
}
