import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { launcher } from "../../support/launcher.ts";
import { type TempGit, tempDir, tempGit } from "../../support/temp-git.ts";
import { type GitServer, gitServer } from "./git-server.ts";

/** A repository that a Git server offers, and clones of it. */
export interface Served {
  readonly server: GitServer;
  /** How often objects were fetched since the last `forget`. */
  readonly fetches: () => number;
  forget(): void;
  /** Clones with these options of `git clone`, and gives the folder of the checkout. */
  clone(...options: readonly string[]): Promise<string>;
  /** Runs git in a folder while the server answers. */
  git(cwd: string, ...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Serves a copy of a repository, also objects of it by their ids and without files. */
export async function serve(origin: TempGit): Promise<Served> {
  const root = tempDir();
  cpSync(join(origin.dir, ".git"), join(root, "origin.git"), { recursive: true });
  const served = tempGit();
  served.git("-C", join(root, "origin.git"), "config", "uploadpack.allowFilter", "true");
  const server = await gitServer(root);
  let fetched = 0;
  server.intercept = async (request) => {
    if (request.method === "POST") fetched += 1;
    return false;
  };
  const git = async (cwd: string, ...args: readonly string[]): Promise<string> => {
    const env = {
      ...(process.env as Record<string, string>),
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    };
    const { ended } = launcher.start({ file: "git", args, cwd, env, input: "", maxOutputBytes: 1 << 24 });
    const { code, stdout, stderr } = await ended;
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString("utf8")}`);
    return stdout.toString("utf8").trim();
  };
  const folders = [root, served.dir];
  return {
    server,
    git,
    fetches: () => fetched,
    forget: () => {
      fetched = 0;
    },
    clone: async (...options) => {
      const dir = tempDir();
      folders.push(dir);
      await git(dir, "clone", "--quiet", ...options, `${server.url}/origin.git`, "clone");
      fetched = 0;
      return join(dir, "clone");
    },
    close: async () => {
      await server.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}
