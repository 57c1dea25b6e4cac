import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TempGit, tempGit } from "../../support/temp-git.ts";

const SAMPLE = join(import.meta.dirname, "../../../examples/gitops");

/** A git repository that holds the sample repository as its first commit on `main`. */
export function shop(): TempGit {
  const repository = tempGit();
  for (const name of readdirSync(SAMPLE)) cpSync(join(SAMPLE, name), join(repository.dir, name), { recursive: true });
  repository.commit({}, "Add the shop");
  return repository;
}
