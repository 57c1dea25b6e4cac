import { z } from "zod";

/** What a comment said of a commit, in a line. */
export interface EarlierResult {
  /** The full id of the commit. */
  readonly head: string;
  readonly text: string;
}

const hidden = /<!-- sluice:result (\{.*\}) -->\s*$/;
const result = z.object({ head: z.string().regex(/^[0-9a-f]{7,64}$/), text: z.string().max(300) });

/** The last line of a comment, which nobody sees: what a later one says of this commit if it can say nothing newer. */
export function hiddenResult({ head, text }: EarlierResult): string {
  // Two hyphens end an HTML comment.
  return `\n<!-- sluice:result ${JSON.stringify({ head, text }).replaceAll("-", String.raw`\u002d`)} -->\n`;
}

/** What `hiddenResult` hid; `undefined` where there is none, or it is no such thing. */
export function readResult(comment: string): EarlierResult | undefined {
  const text = hidden.exec(comment)?.[1];
  if (text === undefined) return undefined;
  try {
    return result.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
