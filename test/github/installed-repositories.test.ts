import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { InstalledRepository } from "../../src/model/github.ts";
import { type EdgeWorld, edgeWorld, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

const INSTALLATIONS = "GET /app/installations";
const REPOSITORIES = "GET /installation/repositories";

let start: Start;
let world: EdgeWorld;
beforeAll(async () => {
  start = await startLocal();
  await start.local.createRepository({ owner: "globex", name: "deploy", defaultBranch: "trunk" });
});
afterAll(() => start.local.close());
beforeEach(() => {
  world = edgeWorld(start);
});

async function listed(signal = AbortSignal.timeout(600_000)): Promise<InstalledRepository[]> {
  return Array.fromAsync(world.edge.installedRepositories(signal));
}

describe("the repositories of all installations", () => {
  it("are named with their installation and default branch", async () => {
    expect(await listed()).toEqual([
      {
        installationId: world.local.installationId,
        repository: { owner: "acme", name: "gitops" },
        defaultBranch: "main",
      },
      {
        installationId: world.local.installationOf("globex"),
        repository: { owner: "globex", name: "deploy" },
        defaultBranch: "trunk",
      },
    ]);
    expect(world.asked()).toEqual([INSTALLATIONS, ROUTES.token, REPOSITORIES, ROUTES.token, REPOSITORIES]);
  });

  it("are listed page by page, no further than they are wanted", async () => {
    for (let made = 0; made < 101; made++)
      await world.local.createRepository({ owner: "initech", name: `app-${made}` });
    world.asked();
    const found = await listed();
    expect(found.filter((one) => one.repository.owner === "initech")).toHaveLength(101);
    expect(world.asked().filter((one) => one === REPOSITORIES)).toHaveLength(4);
    for await (const one of world.edge.installedRepositories(AbortSignal.timeout(600_000))) {
      expect(one.repository.name).toBe("gitops");
      break;
    }
    expect(world.asked()).toEqual([INSTALLATIONS, REPOSITORIES]);
  });

  it("are those of the others when one installation is removed meanwhile", async () => {
    const effect = { kind: "instead", status: 404, message: "Not Found" } as const;
    world.local.injectFault({ template: templateOf(ROUTES.token), effect });
    const found = await listed();
    expect(found.map((one) => one.repository.owner)).not.toContain("acme");
    expect(found.map((one) => one.repository.owner)).toContain("globex");
    expect(world.log.lines.join("\n")).toContain("gives no token");
  });

  it("are without those of suspended installations, and without archived ones", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const repository = { name: "live", owner: { login: "acme" }, default_branch: "main", archived: false };
    const answers: Readonly<Record<string, unknown>> = {
      "/app/installations": [
        { id: 1, suspended_at: null },
        { id: 2, suspended_at: "2026-01-01T00:00:00Z" },
      ],
      "/app/installations/1/access_tokens": { token: "t", expires_at: expiresAt },
      "/installation/repositories": { repositories: [repository, { ...repository, name: "old", archived: true }] },
    };
    const server = createServer((request, response) => {
      const body = answers[(request.url ?? "").split("?")[0] ?? ""];
      response.writeHead(body === undefined ? 500 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const edge = world.fresh({ apiUrl: `http://127.0.0.1:${port}` });
    const found = await Array.fromAsync(edge.installedRepositories(AbortSignal.timeout(600_000)));
    server.close();
    expect(found).toEqual([{ installationId: 1, repository: { owner: "acme", name: "live" }, defaultBranch: "main" }]);
  });

  it("are not told in part: an outage and an abort are Faults", async () => {
    world.local.injectFault({ template: templateOf(REPOSITORIES), effect: { kind: "instead", status: 503 } });
    await expect(listed()).rejects.toMatchObject({ kind: "unavailable" });
    await expect(listed(AbortSignal.abort())).rejects.toMatchObject({ kind: "unavailable" });
  });
});
