import type { HandledEvent } from "../../../src/model/events.ts";
import type { Hold } from "../../../src/model/gates.ts";
import type { CheckReport, PullRequest } from "../../../src/model/github.ts";
import type { DeploymentStatus } from "../../../src/model/github-repository.ts";
import type { Prometheus } from "../../../src/model/prometheus.ts";
import type { DeferredRequest, HistoryEntry } from "../../../src/model/state.ts";
import { runGates, runPromotions, runRollback, runStatusComment } from "../../../src/promote/run/index.ts";
import { type MemoryWorld, memoryWorld, where } from "../../support/memory-world.ts";

/** Promotions of one repository in memory. */
export interface PromotionWorld extends MemoryWorld {
  /** A Deployment of what `main` has now, or of another commit. */
  deploy(environment: string, state?: DeploymentStatus["state"], sha?: string, description?: string): Promise<void>;
  /** What Sluice itself says of its deploy of `web` to prod, of what `main` has now. */
  deployOurs(state: DeploymentStatus["state"], description?: string): Promise<void>;
  /** Pull requests of Sluice, oldest first. */
  promotions(state?: "open" | "closed"): readonly PullRequest[];
  /** The newest report of the check "Sluice promotion" on the pull request's head. */
  check(pull: PullRequest): Promise<CheckReport | undefined>;
  /** Its title and its summary. */
  gates(pull: PullRequest): Promise<string>;
  /** What was decided about the app in prod, as of now. */
  history(app?: string): Promise<readonly HistoryEntry[]>;
  /** What was asked for and waits. */
  deferred(): Promise<readonly DeferredRequest[]>;
  /** The hold on the app in prod. */
  held(app?: string): Promise<Hold | undefined>;
}

interface Said {
  readonly state: DeploymentStatus["state"];
  readonly sha: string;
  readonly description: string;
  readonly byApp: boolean;
}

/** How a world begins. */
export interface WorldOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Is told of every merge of Sluice's right before it. */
  readonly onMerge?: (pull: PullRequest) => void;
  /** Status comments are written too. */
  readonly comments?: boolean;
  /** In place of one that knows nothing. */
  readonly prometheus?: Prometheus;
  /** What another room does because of a hold. */
  readonly on?: (event: HandledEvent) => void;
}

/** Makes one in which ada, bob, grace and mona may write, and mona may maintain. */
export function promotionWorld({ files, onMerge, comments = true, prometheus, on }: WorldOptions): PromotionWorld {
  const world = memoryWorld({
    files,
    onMerge,
    prometheus,
    on: async (event) => on?.(event),
    pushed: [{ type: "promotions", ...where, defaultBranch: "main" }],
    async run(job, ports, context) {
      if (job.type === "promotions") await runPromotions(job, ports, context);
      else if (job.type === "gates") await runGates(job, ports, context);
      else if (job.type === "rollback") await runRollback(job, ports, context);
      else if (job.type === "status-comment" && comments) await runStatusComment(job, ports, context);
    },
  });
  const { github } = world;
  const main = () => github.repository.branches.get("main") ?? "";
  const say = async (environment: string, { sha, byApp, ...said }: Said) => {
    await world.pass(1 / 60);
    const at = new Date(world.now()).toISOString();
    const before = github.deploymentsTo.get(environment) ?? [];
    const [newest] = before;
    const id = newest?.sha === sha ? newest.id : github.statusesOf.size + 1;
    if (newest?.sha !== sha) {
      const url = `https://github.test/deployments/${id}`;
      const payload = byApp ? { sluice: { operation: "o", apps: ["web"] } } : null;
      const deployment = { id, sha, environment, createdAt: at, url, payload, byApp };
      github.deploymentsTo.set(environment, [deployment, ...before]);
    }
    const status = { ...said, at, url: byApp ? "https://github.test/why" : "", byApp };
    github.statusesOf.set(id, [...(github.statusesOf.get(id) ?? []), status]);
    await world.settle();
  };
  const check = (pull: PullRequest) => world.report(pull, "Sluice promotion");
  return {
    ...world,
    deploy: (environment, state = "success", sha = main(), description = "") =>
      say(environment, { state, sha, description, byApp: false }),
    deployOurs: (state, description = "") => say("prod", { state, sha: main(), description, byApp: true }),
    promotions: (state) => world.pulls("sluice/", state),
    check,
    async gates(pull) {
      const report = await check(pull);
      return `${report?.title}\n${report?.summary}`;
    },
    history: async (app = "web") => (await world.decided()).history("prod", app),
    deferred: async () => (await world.decided()).deferredRequests(),
    held: async (app = "web") => (await world.decided()).hold("prod", app, world.now()),
  };
}

/** `.sluice.yaml` of staging and prod, whose apps are folders of plain manifests. `prod` are lines of its entry. */
export function worldConfig(prod: string, staging = ""): string {
  const indented = (lines: string) => (lines === "" ? "" : `    ${lines.trim().split("\n").join("\n    ")}\n`);
  return `version: 1
environments:
  - name: staging
    path: apps/{app}/staging
${indented(staging)}  - name: prod
    path: apps/{app}/prod
    from: staging
${indented(prod)}`;
}

/** An app in one environment with its version. */
export function appFiles(app: string, environment: string, version: string, replicas = 1): Record<string, string> {
  return {
    // Short: it is parsed thousands of times.
    [`apps/${app}/${environment}/app.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}, namespace: ${environment} }
spec: { replicas: ${replicas}, template: { spec: { containers: [{ name: ${app}, image: "ghcr.io/acme/${app}:${version}" }] } } }
`,
  };
}

/** The version that an environment's `main` has. */
export async function versionIn(world: PromotionWorld, environment = "prod", app = "web"): Promise<string> {
  const text = await world.file(`apps/${app}/${environment}/app.yaml`);
  return /image: "\S+:([^"]+)"/.exec(text)?.[1] ?? "";
}

/** Staging has 1.4.0 and prod 1.2.0 of each app. */
export function behindWorld(prod: string, apps: readonly string[] = ["web"]): PromotionWorld {
  const files = apps.map((app) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.2.0") }));
  return promotionWorld({ files: Object.assign({ ".sluice.yaml": worldConfig(prod) }, ...files) });
}
