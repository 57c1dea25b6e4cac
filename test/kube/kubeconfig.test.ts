import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCluster } from "../../src/kube/index.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { type ApiServer, apiServer, refusal } from "./support/api-server.ts";

const signal = AbortSignal.timeout(600_000);
const namespace = { apiVersion: "v1", kind: "Namespace", name: "shop" };

let folder: string;
let server: ApiServer;
const opened: OpenCluster[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
  server = await apiServer();
});
afterEach(async () => {
  for (const cluster of opened.splice(0)) await cluster.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a kubeconfig", () => {
  it("gives the server and the token of its current context", async () => {
    const cluster = await open({ user: { token: "of-the-current-context" } });
    await cluster.get(namespace, signal);
    expect(authorizations()).toEqual(["Bearer of-the-current-context", "Bearer of-the-current-context"]);
  });

  it("gives those of the context that is named", async () => {
    const contexts = [
      { name: "current", context: { cluster: "one", user: "none" } },
      { name: "named", context: { cluster: "one", user: "one" } },
    ];
    const cluster = await open({ user: { token: "of-the-named-context" }, contexts }, { context: "named" });
    await cluster.get(namespace, signal);
    expect(authorizations()).toContain("Bearer of-the-named-context");
  });

  it("without the context that is named is refused with those that it has", async () => {
    await expect(open({ user: { token: "t" } }, { context: "other" })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("has no context other"),
      fix: "Name one of its contexts: current.",
    });
  });

  it("is read again when the server no longer takes its credentials", async () => {
    await server.close();
    server = await apiServer(({ headers }) =>
      headers.authorization === "Bearer renewed" ? {} : refusal(401, "Unauthorized", "Unauthorized"),
    );
    const cluster = await open({ user: { token: "expired" } });
    write({ user: { token: "renewed" } });
    expect(await cluster.get(namespace, signal)).toEqual({ object: {} });
    expect(authorizations().at(-1)).toBe("Bearer renewed");
  });

  it("that cannot be parsed is refused without a word of it", async () => {
    writeFileSync(join(folder, "kubeconfig"), "token: hunter2\n  users: [: hunter2");
    const refused: unknown = await openAt().catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "UserError", kind: "usage" });
    expect(inspect(refused, { depth: 20 })).not.toContain("hunter2");
  });

  it("that is not there says so", async () => {
    await expect(openAt()).rejects.toMatchObject({ kind: "usage", message: expect.stringContaining("ENOENT") });
  });
});

describe("a kubeconfig that names a program for credentials", () => {
  it.each([
    { what: "exec", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "false" } } },
    {
      what: "what looks like a file",
      user: { "auth-provider": { name: "tokenFile", config: { tokenFile: "t", exec: { command: "false" } } } },
    },
    { what: "auth-provider", user: { "auth-provider": { name: "gcp", config: { "cmd-path": "false" } } } },
  ])("by $what is refused where programs are not allowed", async ({ user }) => {
    await expect(open({ user })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("not allowed"),
    });
  });

  it("gets its token from the program where that is allowed, once for all calls at a time", async () => {
    const runs = join(folder, "runs");
    const cluster = await open({ user: program(`append("${runs}", "run ");`, "from-the-program") }, { exec: true });
    const versions = ["v1", "apps/v1", "networking.k8s.io/v1"];
    await Promise.all(versions.map((apiVersion) => cluster.mapping({ apiVersion, kind: "Any" }, signal)));
    expect(new Set(authorizations())).toEqual(new Set(["Bearer from-the-program"]));
    expect(readFileSync(runs, "utf8")).toBe("run ");
  });

  it("keeps the program's words to itself when it fails", async () => {
    const user = program('process.stderr.write("the secret is hunter2"); process.exit(1);', "");
    const cluster = await open({ user }, { exec: true });
    const refused: unknown = await cluster.get(namespace, signal).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "Fault", kind: "unavailable" });
    expect(inspect(refused, { depth: 20 })).not.toContain("hunter2");
  });
});

/** What a kubeconfig of one cluster and one user says beside that. */
interface Kubeconfig {
  readonly user: object;
  readonly contexts?: readonly object[];
}

function write({ user, contexts = [{ name: "current", context: { cluster: "one", user: "one" } }] }: Kubeconfig): void {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "current",
    contexts,
    clusters: [{ name: "one", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [
      { name: "one", user },
      { name: "none", user: {} },
    ],
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(config));
}

async function open(config: Kubeconfig, options: { context?: string; exec?: boolean } = {}): Promise<OpenCluster> {
  write(config);
  return openAt(options);
}

async function openAt({ context, exec = false }: { context?: string; exec?: boolean } = {}): Promise<OpenCluster> {
  const cluster = await openCluster({
    name: "staging",
    access: { kind: "kubeconfig", path: join(folder, "kubeconfig"), context, exec },
    clock: () => 0,
    random: () => 1,
    pause: () => Promise.resolve(),
  });
  opened.push(cluster);
  return cluster;
}

function authorizations(): readonly (string | undefined)[] {
  return server.requests.map(({ headers }) => headers.authorization);
}

/** A user whose credentials a small program gives. */
function program(before: string, token: string): object {
  const credential = {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { token, expirationTimestamp: "2100-01-01T00:00:00Z" },
  };
  const source = `const append = require("node:fs").appendFileSync; ${before} console.log(${JSON.stringify(JSON.stringify(credential))});`;
  const apiVersion = "client.authentication.k8s.io/v1";
  return { exec: { apiVersion, command: process.execPath, args: ["-e", source], interactiveMode: "Never" } };
}
