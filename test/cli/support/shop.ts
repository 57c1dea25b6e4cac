import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TempGit, tempGit } from "../../support/temp-git.ts";

const SAMPLE = join(import.meta.dirname, "../../../examples/gitops");

/** What all shops are copies of. */
let original: TempGit | undefined;

/** A git repository that holds the sample repository as its first commit on `main`. */
export function shop(): TempGit {
  original ??= opened();
  return tempGit(original.dir);
}

function opened(): TempGit {
  const repository = tempGit();
  process.once("exit", () => repository.remove());
  for (const name of readdirSync(SAMPLE)) cpSync(join(SAMPLE, name), join(repository.dir, name), { recursive: true });
  repository.commit({}, "Add the shop");
  return repository;
}
