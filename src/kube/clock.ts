/** Clocks that differ by less agree: answers take a while, and HTTP's dates have whole seconds. In milliseconds. */
const toleranceMs = 5_000;

/**
 * By how much a server's clock is ahead of this process's, in milliseconds, after an answer with this `Date`: what was
 * known before as long as that fits, 0 where the clocks agree. Times are those of this process.
 */
export function clockOffset(
  before: number,
  date: string | undefined,
  { sent, received }: { readonly sent: number; readonly received: number },
): number {
  const at = Date.parse(date ?? "");
  if (Number.isNaN(at)) return before;
  // It was written between the two, and is the beginning of its second.
  const [least, most] = [at - received, at + 1000 - sent];
  const fits = (offset: number): boolean => least - toleranceMs <= offset && offset <= most + toleranceMs;
  if (fits(0)) return 0;
  return fits(before) ? before : Math.round((least + most) / 2);
}
