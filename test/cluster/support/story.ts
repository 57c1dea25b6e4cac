import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import type { JsonObject } from "../../../src/model/json.ts";
import { configMap, deployment, hook, job, wave, widget, widgets } from "../../support/apply-world.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../../support/local-github.ts";
import { untilQuiet } from "../../support/quiet.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";
import { tempDir } from "../../support/temp-git.ts";
import { eventually } from "../../support/wait.ts";
import { serverEnvironment } from "../../support/walk.ts";
import { type ApiProxy, apiProxy, type Mishap, type SeenRequest } from "./api-proxy.ts";
import type { TestCluster } from "./cluster.ts";
import { snapshot } from "./snapshot.ts";

/** What a server of a story is told beside its settings; see `serve-child.ts`. */
export interface ServerOptions {
  readonly skewMs?: number;
  readonly deploys?: {
    readonly leaseMs?: number;
    readonly answerMs?: number;
    readonly limits?: Readonly<Record<string, number>>;
  };
}

/** What a story came to. */
export interface Ending {
  /** See `snapshot`. */
  readonly objects: string;
  /** How many Jobs of each name there ever were. */
  readonly jobs: Readonly<Record<string, number>>;
  /** How many requests were sent that change something. */
  readonly writes: number;
  readonly seconds: number;
}

/** So short that a story takes seconds. Whoever loses a lease on a busy machine tries again. */
const fast: ServerOptions["deploys"] = {
  leaseMs: 4_000,
  limits: { waveDelayMs: 500, pollMs: 500 },
};

const where = { owner: "acme", name: "gitops" };

/**
 * An app that is deployed twice by a whole server of its own process, which reaches the real API server through a proxy
 * of the story's own: first to an empty namespace, then with hooks, waves, a new definition and something to delete.
 */
export class Story {
  readonly proxy: ApiProxy;
  readonly #test: TestCluster;
  readonly #github: CheckedGitHub;
  readonly #root: string;
  readonly #namespace: string;
  readonly #options: ServerOptions;
  readonly #running: ServerProcess[] = [];
  readonly #begun = Date.now();
  readonly #up = Promise.withResolvers<void>();
  #folder = 0;

  private constructor(test: TestCluster, parts: Parts, options: ServerOptions) {
    this.#test = test;
    this.#options = options;
    this.proxy = parts.proxy;
    this.#github = parts.github;
    this.#root = parts.root;
    this.#namespace = parts.namespace;
  }

  /** Makes the namespaces; no server runs yet. */
  static async open(test: TestCluster, name: string, options: ServerOptions = {}): Promise<Story> {
    const root = tempDir(`sluice-story-${name}-`);
    const namespace = `${test.namespace}-${name}`;
    for (const one of [namespace, `${namespace}-own`]) {
      const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: one } };
      await test.api.send("POST", "/api/v1/namespaces", { body });
    }
    const proxy = await apiProxy(test.access);
    const github = await startCheckedGitHub({ dataDir: join(root, "github") });
    writeFileSync(join(root, "kubeconfig"), kubeconfig(proxy.url));
    writeFileSync(join(root, "sluice.server.yaml"), serverFile(join(root, "kubeconfig"), namespace));
    return new Story(test, { proxy, github, root, namespace }, options);
  }

  /** Resolves when the first server is up. */
  get up(): Promise<void> {
    return this.#up.promise;
  }

  /** The server that was started last. */
  get server(): ServerProcess {
    const server = this.#running.at(-1);
    if (server === undefined) throw new Error("no server runs");
    return server;
  }

  /** Starts a server; on an empty disk, with another queue, where the ones before are to know nothing. */
  async start(options: ServerOptions & { readonly wiped?: boolean } = {}): Promise<ServerProcess> {
    if (options.wiped) this.#folder += 1;
    const data = join(this.#root, `sluice-${this.#folder}`);
    const own = {
      skewMs: options.skewMs ?? this.#options.skewMs ?? 0,
      deploys: { ...fast, ...this.#options.deploys },
    };
    const server = await startServer({
      ...serverEnvironment(this.#github, data),
      ENGINES: "1",
      SLUICE_SERVER_FILE: join(this.#root, "sluice.server.yaml"),
      TEST_SERVER: JSON.stringify(own),
    });
    this.#running.push(server);
    this.#up.resolve();
    this.#github.setWebhookUrl(`${server.url}/api/github/webhooks`);
    return server;
  }

  /** Begins the story: the first commit, and a server. Resolves with the end, whatever the servers go through. */
  async tell(): Promise<Ending> {
    const files = (objects: readonly JsonObject[]) => ({ "apps/web/prod/app.yaml": yaml(objects, this.#namespace) });
    await this.#github.createRepository({ ...where, files: { ".sluice.yaml": config(this.#namespace) } });
    await this.start();
    for (const objects of [before, after])
      await this.#deployed(await this.#github.commit({ ...where, branch: "main", files: files(objects) }));
    return this.ending();
  }

  /** The commit is live in prod, and GitHub shows it. */
  async #deployed(head: string): Promise<void> {
    await eventually(`${head} is live`, () => {
      const deployed = this.#github.deployments({ ...where, environment: "prod" }).find(({ sha }) => sha === head);
      const state = deployed?.statuses.at(-1)?.state;
      if (state === "failure" || state === "error")
        throw new Error(`the deploy failed: ${JSON.stringify(deployed)}\n${this.server.said()}`);
      return state === "success";
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#running.map((server) => server.said()).join("\n")}`);
    });
  }

  async ending(): Promise<Ending> {
    const seconds = (Date.now() - this.#begun) / 1000;
    return { objects: await this.#settled(), jobs: this.#jobs(), writes: this.writes.length, seconds };
  }

  /**
   * Resolves when this write (the first is 1) is under way, of which nothing is answered until then; before the API
   * server hears of it, or when it was carried out.
   */
  reach(write: number, when: Mishap["when"], until: Promise<unknown> | "silence"): Promise<SeenRequest> {
    return new Promise((resolve) => {
      this.proxy.mishap = (asked) => {
        if (!asked.writes || this.writes.length < write) return undefined;
        this.proxy.mishap = () => undefined;
        resolve(asked);
        return { when, how: until };
      };
    });
  }

  /** Nothing is left to do for this server. */
  quiet(server: ServerProcess): Promise<void> {
    return untilQuiet({ github: this.#github, sluice: server });
  }

  /** Who holds the environment's lease; empty: nobody. */
  async holder(): Promise<string> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${this.#namespace}-own/leases`;
    const [lease] = leases.parse((await this.#test.api.send("GET", path)).body).items;
    return lease?.spec.holderIdentity ?? "";
  }

  get writes(): readonly SeenRequest[] {
    return this.proxy.requests.filter(({ writes }) => writes);
  }

  /** What is there once the cluster's own controllers have nothing more to do. */
  async #settled(): Promise<string> {
    let before: string | undefined;
    return eventually("the cluster is at rest", async () => {
      const now = await snapshot(this.#test.api, [this.#namespace, `${this.#namespace}-own`], {
        NAMESPACE: this.#namespace,
      });
      if (now !== undefined && now === before && !now.includes("deletionTimestamp")) return now;
      before = now;
      return undefined;
    });
  }

  /** By their uids: whoever made them, and whether or not their maker heard of it. */
  #jobs(): Readonly<Record<string, number>> {
    const uids = new Map<string, Set<string>>();
    for (const { path, answered } of this.proxy.requests) {
      if (!path.includes("/jobs") || answered?.status !== 201) continue;
      const { metadata } = created.parse(JSON.parse(answered.text));
      uids.set(metadata.name, (uids.get(metadata.name) ?? new Set()).add(metadata.uid));
    }
    return Object.fromEntries([...uids].map(([name, all]) => [name, all.size] as const).toSorted());
  }

  async close(): Promise<void> {
    for (const server of this.#running) await server.kill();
    await this.proxy.close();
    await this.#github.settled();
    await this.#github.close();
    rmSync(this.#root, { recursive: true, force: true });
    if (this.#test.own) return;
    for (const one of [this.#namespace, `${this.#namespace}-own`])
      await this.#test.api.send("DELETE", `/api/v1/namespaces/${one}`);
  }
}

interface Parts {
  readonly proxy: ApiProxy;
  readonly github: CheckedGitHub;
  readonly root: string;
  readonly namespace: string;
}

const leases = z.object({
  items: z.array(z.object({ spec: z.object({ holderIdentity: z.string().nullish() }) })),
});
const created = z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) });

const before = [
  configMap("settings", { a: "1" }),
  configMap("old"),
  deployment("web", "nginx:1"),
  job("migrate", hook("PreSync")),
];

const after = [
  configMap("settings", { a: "2" }),
  deployment("web", "nginx:2", wave(1)),
  deployment("worker", "nginx:2", wave(2)),
  widgets(),
  widget("one", wave(1)),
  job("migrate", hook("PreSync")),
  job("seed", hook("Sync", { "argocd.argoproj.io/hook-delete-policy": "HookSucceeded" })),
  job("smoke", hook("PostSync")),
];

/** Definitions are the whole cluster's: each story has its own. */
function yaml(objects: readonly JsonObject[], namespace: string): string {
  const texts = objects.map((object) => stringify(object).replaceAll("example.com", `${namespace}.example.com`));
  return texts.join("---\n");
}

function config(namespace: string): string {
  return `version: 1
environments:
  - name: prod
    path: apps/{app}/prod
    deploy: { engine: apply, cluster: tests, namespace: ${namespace}, stability: 1s }
`;
}

function serverFile(file: string, namespace: string): string {
  const allow = {
    repositories: ["acme/*"],
    environments: ["prod"],
    namespaces: [namespace],
    clusterKinds: ["CustomResourceDefinition.apiextensions.k8s.io"],
  };
  return stringify({
    clusters: [{ name: "tests", kubeconfig: { file }, namespace: `${namespace}-own`, allow: [allow] }],
  });
}

function kubeconfig(server: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "tests",
    contexts: [{ name: "tests", context: { cluster: "tests", user: "sluice" } }],
    clusters: [{ name: "tests", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "sluice", user: { token: "the proxy has it" } }],
  });
}
