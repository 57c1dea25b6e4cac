const minute = 60_000;

/** `a`, `a and b`, `a, b and c`; of more than `most` the first and how many more. */
export function list(items: readonly string[], most = 8): string {
  const shown = items.length > most ? [...items.slice(0, most), `${items.length - most} more`] : items;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 app`, `3 apps`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A past moment in milliseconds since the epoch as `2026-11-20 10:05 UTC`. */
export function past(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A moment to come, as `past`, rounded up to the minute so that nothing is promised too early. */
export function future(at: number): string {
  return past(Math.ceil(at / minute) * minute);
}

/** Milliseconds as `2d 4h`, `1h 30m`, `45s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join(" ") || "0s"
  );
}
