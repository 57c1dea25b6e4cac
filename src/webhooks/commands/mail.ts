const ORIGINAL = /^\s*-{2,}\s*(?:original message|forwarded message)\s*-{2,}\s*$/i;
const WROTE = /^On\b.*\d.*\bwrote:\s*$/;
const RULE = /^\s*_{10,}\s*$/;
const FROM = /^\s*\**From:/;

/**
 * The line, from 0, where a mail program quotes what is answered without signs before the lines; the number of lines
 * when none does. What is quoted with `>` is markdown's business.
 */
export function quotedMailStart(lines: readonly string[]): number {
  const start = lines.findIndex((line, index) => {
    if (ORIGINAL.test(line)) return true;
    const next = () => lines.slice(index + 1, index + 4).find((one) => one.trim() !== "") ?? "";
    return (WROTE.test(line) && !next().startsWith(">")) || (RULE.test(line) && FROM.test(next()));
  });
  return start === -1 ? lines.length : start;
}
