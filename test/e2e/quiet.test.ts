import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalGitHub } from "../../sandbox/index.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { tempDir } from "../support/temp-git.ts";
import { eventually } from "../support/wait.ts";
import { processEnvironment, serverEnvironment } from "../support/walk.ts";

const program = join(import.meta.dirname, "../support/serve-child.ts");

let root: string;
let github: LocalGitHub;
let child: ChildProcess;
let said = "";
beforeAll(async () => {
  root = tempDir("sluice-quiet-");
  github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const env = { ...serverEnvironment(github, join(root, "sluice")), LOG_LEVEL: "debug" as const };
  child = spawn(process.execPath, [program], {
    env: { ...processEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said += String(chunk);
    });
  }
});
afterAll(async () => {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  await github.close();
  rmSync(root, { recursive: true, force: true });
});

describe("what a server writes", () => {
  it("has nothing of a payload in it, not even when a handler fails on it at the level `debug`", async () => {
    const url = await eventually("the server to be up", () => /^up (\S+)/m.exec(said)?.[1]);
    const body = JSON.stringify({ action: "opened", pull_request: { number: "confidential", title: "confidential" } });
    const response = await fetch(`${url}/api/github/webhooks`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": "6b4a2f0e-0000-4000-8000-000000000001",
        "x-hub-signature-256": `sha256=${createHmac("sha256", github.app.webhookSecret).update(body).digest("hex")}`,
      },
    });
    expect(response.status).toBe(202);
    await eventually("the failure in the log", () => said.includes("the payload of pull_request is not as expected"));
    expect(said).not.toContain("confidential");
    expect(said).not.toContain("PRIVATE KEY");
    expect(said).not.toContain(github.app.webhookSecret);
  });
});
