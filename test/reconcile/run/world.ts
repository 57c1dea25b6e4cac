import { openContext } from "../../../src/change/repository-context.ts";
import { versionsAt } from "../../../src/change/versions.ts";
import type { DeployStatus, OperationReport } from "../../../src/model/deploy.ts";
import type { SluiceEvent } from "../../../src/model/events.ts";
import { reportDeploys } from "../../../src/reconcile/run/report.ts";
import { appFiles, type PromotionWorld, promotionWorld } from "../../promote/support/memory-world.ts";
import { targetIn } from "../../support/memory-renderer.ts";
import { where } from "../../support/memory-world.ts";
import { memoryEvents } from "../../webhooks/fakes.ts";

/** A world in which Sluice deploys staging and prod, and tells of it. */
export interface ReportWorld extends PromotionWorld {
  /** Reports these states of prod's apps at the head of `main`, and gives the methods of GitHub that were called. */
  tell(states: Readonly<Record<string, DeployStatus>>, environment?: string): Promise<readonly string[]>;
  /** The Deployments to a GitHub environment, oldest first: commit, apps, and what was said of it. */
  told(environment?: string): readonly string[];
  /** What was announced, oldest first. */
  announced(): readonly SluiceEvent[];
  /** The head of `main`. */
  head(): string;
  /** The comments of the room on a pull request. */
  said(number: number): readonly string[];
}

const deploy = "    deploy: { engine: apply, cluster: home }\n";

/** Makes one with these apps at 1.4.0 in staging and in prod. `more` are lines of both environments. */
export function reportWorld(apps: readonly string[] = ["web"], more = ""): ReportWorld {
  const environment = (name: string, from: string) =>
    `  - name: ${name}\n    path: apps/{app}/${name}\n${from}${deploy}${more}`;
  const config = `version: 1\nenvironments:\n${environment("staging", "")}${environment("prod", "    from: staging\n")}`;
  const files = apps.map((app) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.4.0") }));
  const world = promotionWorld({ files: Object.assign({ ".sluice.yaml": config }, ...files) });
  const { github } = world;
  const { repository } = github;
  const events = memoryEvents();
  const head = () => repository.branches.get("main") ?? "";
  return {
    ...world,
    head,
    announced: () => events.received,
    async tell(states, named = "prod") {
      const signal = new AbortController().signal;
      const context = await openContext(world.ports, where, "main", signal);
      const from = github.calls.length;
      const reports: OperationReport[] = [];
      for (const [app, status] of Object.entries(states)) {
        const path = `apps/${app}/${named}`;
        const target = targetIn(`${app}/${named}`, path);
        const { digest } = await versionsAt({ repository, renderer: world.ports.renderer, signal }, target, head());
        const operation = { id: `${app} ${head().slice(0, 7)}`, app, environment: named, head: head(), digest };
        reports.push({ operation: { ...operation, startedAt: world.now() - 120_000 }, status });
      }
      await reportDeploys({ ...world.ports, events }, context, named, reports);
      return github.calls.slice(from);
    },
    told: (named = "prod") =>
      (github.deploymentsTo.get(named) ?? []).toReversed().map(({ id, sha, payload }) => {
        const statuses = (github.statusesOf.get(id) ?? []).map(({ state, description }) => `${state}: ${description}`);
        return [sha.slice(0, 7), JSON.stringify(payload), ...statuses].join(" | ");
      }),
    said: (number) =>
      [...github.comments].flatMap(([key, text]) => (key.startsWith(`${number}/deploy-`) ? [text] : [])),
  };
}

/** One pod of three is ready. */
export function progressing(ready = 1): DeployStatus {
  return { state: "progressing", steps: [], readiness: { ready, wanted: 3 }, deadline: Date.UTC(2026, 10, 23, 12) };
}

/** It was live by this moment. */
export function live(since: number): Extract<DeployStatus, { state: "live" }> {
  return { state: "live", since, readiness: { ready: 3, wanted: 3 }, changed: 1, kept: [] };
}

/** Its image cannot be pulled. */
export function failed(at: number, summary = "image cannot be pulled"): DeployStatus {
  const failure = { kind: "health", summary, problems: [], events: [], applied: true } as const;
  return { state: "failed", at, failure, steps: [], readiness: { ready: 3, wanted: 3 } };
}

/** On hold. */
export const waiting: DeployStatus = { state: "waiting", reason: "prod is on hold by mona" };
