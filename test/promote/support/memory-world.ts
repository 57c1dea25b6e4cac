import type { Hold } from "../../../src/model/gates.ts";
import type { CheckReport, PullRequest } from "../../../src/model/github.ts";
import type { DeploymentStatus } from "../../../src/model/github-repository.ts";
import type { DeferredRequest, HistoryEntry } from "../../../src/model/state.ts";
import { runGates, runPromotions, runStatusComment } from "../../../src/promote/run/index.ts";
import { type MemoryWorld, memoryWorld, where } from "../../support/memory-world.ts";

/** Promotions of one repository in memory. */
export interface PromotionWorld extends MemoryWorld {
  /** A Deployment of what `main` has now, or of another commit. */
  deploy(environment: string, state?: DeploymentStatus["state"], sha?: string, description?: string): Promise<void>;
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

/** How a world begins. */
export interface WorldOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Is told of every merge of Sluice's right before it. */
  readonly onMerge?: (pull: PullRequest) => void;
  /** Status comments are written too. */
  readonly comments?: boolean;
}

/** Makes one in which ada, bob, grace and mona may write, and mona may maintain. */
export function promotionWorld({ files, onMerge, comments = true }: WorldOptions): PromotionWorld {
  const world = memoryWorld({
    files,
    onMerge,
    pushed: [{ type: "promotions", ...where, defaultBranch: "main" }],
    async run(job, ports, context) {
      if (job.type === "promotions") await runPromotions(job, ports, context);
      else if (job.type === "gates") await runGates(job, ports, context);
      else if (job.type === "status-comment" && comments) await runStatusComment(job, ports, context);
    },
  });
  const { github } = world;
  const check = (pull: PullRequest) => world.report(pull, "Sluice promotion");
  return {
    ...world,
    async deploy(environment, state = "success", sha = github.repository.branches.get("main") ?? "", description = "") {
      await world.pass(1 / 60);
      const at = new Date(world.now()).toISOString();
      const before = github.deploymentsTo.get(environment) ?? [];
      const [newest] = before;
      const id = newest?.sha === sha ? newest.id : github.statusesOf.size + 1;
      if (newest?.sha !== sha) {
        const url = `https://github.test/deployments/${id}`;
        const deployment = { id, sha, environment, createdAt: at, url, payload: null, byApp: false };
        github.deploymentsTo.set(environment, [deployment, ...before]);
      }
      const status = { state, description, at, url: "", byApp: false };
      github.statusesOf.set(id, [...(github.statusesOf.get(id) ?? []), status]);
      await world.settle();
    },
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
