const minute = 60_000;

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
