import { z } from "zod";
import type { Client } from "./client.ts";

const file = z.object({ filename: z.string(), previous_filename: z.string().optional() });

const LIST = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";

/** Pages that are read; GitHub itself ends at 3,000 files. */
const maxPages = 3;

/** See `GitHub.changedFiles`. */
export async function readChangedFiles(client: Client, number: number): Promise<readonly string[]> {
  const names: string[] = [];
  let pages = 0;
  for await (const page of client.pages(LIST, { pull_number: number }, file)) {
    names.push(...page.flatMap((one) => [one.filename, ...(one.previous_filename ? [one.previous_filename] : [])]));
    pages += 1;
    if (pages === maxPages) break;
  }
  return names;
}
