// How many are inside by what this phone knows: the last figure of the server, and what was counted here since.

export interface Figure {
  present: number;
  /** This phone's time at which the server said so. */
  at: number;
}

export interface Count {
  way: "in" | "out";
  people: number;
}

/** What a parcel counts and where: people are no secret, and not named. */
export const told = (venue: string, { way, people }: Count): string => `${venue} ${way} ${people}`;

/** The count of a parcel, if it is one of this venue. */
export function read(venue: string, about: string | undefined): Count | null {
  const [where, way, people] = (about ?? "").split(" ");
  const isOne = where === venue && Number(people) > 0;
  return isOne && (way === "in" || way === "out") ? { way, people: Number(people) } : null;
}

/** People counted one way. */
export const sum = (counts: Count[], way: Count["way"]): number => counts.reduce((all, one) => (one.way === way ? all + one.people : all), 0);

/** Inside by now. */
export const inside = (known: Figure, counts: Count[]): number => known.present + sum(counts, "in") - sum(counts, "out");

/** Whether so many more would be over the cap; without one nobody may enter. */
export const isOver = (present: number, more: number, cap: number | null): boolean => present + more > (cap ?? 0);
