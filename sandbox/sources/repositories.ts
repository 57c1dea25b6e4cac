import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../git.ts";

const person = {
  GIT_AUTHOR_NAME: "platform",
  GIT_AUTHOR_EMAIL: "platform@acme.example",
  GIT_COMMITTER_NAME: "platform",
  GIT_COMMITTER_EMAIL: "platform@acme.example",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/** Makes a bare repository `<name>.git` below `root` of every folder in `folder`: one commit on `main`, with a tag. */
export async function makeRepositories(folder: string, root: string, tag: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const work = mkdtempSync(join(tmpdir(), "sluice-source-"));
    try {
      cpSync(join(folder, name), work, { recursive: true });
      const bare = join(root, `${name}.git`);
      mkdirSync(bare, { recursive: true });
      const run = (...args: string[]) => git(work, args, { env: person });
      await run("init", "--quiet", "--initial-branch=main");
      await run("add", "--all");
      await run("commit", "--quiet", "--message", `Add ${name}`);
      await run("tag", tag);
      await run("clone", "--quiet", "--bare", "--no-local", work, bare);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
}
