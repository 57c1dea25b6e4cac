import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

import { startCheckedGitHub } from "../support/local-github.ts";
import { installationToken, request } from "./support/api.ts";

it("continues on the same data folder: repositories, pull requests, what was said about them, tokens, rules and the app's key", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "restart-"));
  try {
    const first = await startCheckedGitHub({ dataDir });
    const ref = await first.createRepository({ owner: "acme", name: "deploy", files: { a: "1" } });
    await first.commit({ ...ref, branch: "x", files: { a: "2" } });
    const pull = await first.openPull({ ...ref, head: "x", title: "X" });
    await first.comment({ ...pull, body: "kept" });
    first.team({ org: "acme", slug: "release", members: ["ada"], permission: "write" });
    first.protect({ ...ref, requiredApprovals: 1, requiredChecks: ["e2e"] });
    await first.reportCheck({ ...ref, sha: pull.headSha, check: "e2e", conclusion: "success" });
    await first.review({ ...pull, by: "ada", event: "APPROVE" });
    await first.deploy({ ...ref, environment: "staging", state: "success" });
    first.grant({ contents: "read" });
    const { token } = first.user("mona");
    await first.close();

    const second = await startCheckedGitHub({ dataDir });
    expect(second.app).toEqual(first.app);
    expect(second.installationId).toBe(first.installationId);
    expect(second.comments(pull).map((one) => one.body)).toEqual(["kept"]);
    const answer = await request(second, token, "GET", "/repos/acme/deploy/pulls/1");
    expect(answer.body).toMatchObject({ title: "X", mergeable: true, head: { sha: pull.headSha } });
    expect(answer.body.mergeable_state).toBe("clean");
    expect(second.checkRuns(pull)).toMatchObject([{ app: "ci", name: "e2e" }]);
    expect(second.deployments(ref)).toMatchObject([{ environment: "staging", statuses: [{ state: "success" }] }]);
    await expect(installationToken(second, { permissions: { contents: "write" } })).rejects.toThrow("422");
    await second.mergePull(pull);
    await second.close();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

it("refuses a port that is taken", async () => {
  const first = await startCheckedGitHub();
  const port = Number(new URL(first.url).port);
  await expect(startCheckedGitHub({ port })).rejects.toThrow("EADDRINUSE");
  await first.close();
});
