import { createMirrors } from "../../../src/git/mirrors.ts";

// Fetches into the mirrors below argv[2] from argv[3]; a test kills this process half way.
const [, , root = "", url = ""] = process.argv;
const mirrors = createMirrors({ root, remoteUrl: () => url, token: async () => undefined });
await mirrors.open(
  { repository: { owner: "acme", name: "deploy" }, want: ["refs/heads/main"] },
  AbortSignal.timeout(600_000),
);
await mirrors.close();
