import type { RepositoryContext } from "../../change/repository-context.ts";
import type { GateVerdict, PromotionFacts } from "../../model/gates.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";

/**
 * Writes down that a version was healthy in the source for as long as is asked: GitHub's list of deployments forgets,
 * and a version that was verified stays promotable. Once for each version.
 */
export async function recordVerified(
  ports: PromotionPorts,
  { state, where, signal }: RepositoryContext,
  { from, commit }: PromotionMetadata,
  { targets }: PromotionFacts,
  verdict: GateVerdict,
): Promise<void> {
  if (verdict.results.find(({ gate }) => gate === "soak")?.state !== "passed") return;
  for (const { app, health, settings } of targets) {
    if (settings.soak === undefined || health.state !== "healthy" || health.source === "history") continue;
    const id = `verified-${app}-${commit}`;
    if ((await state.history(from, app)).some((entry) => entry.id === id)) continue;
    const now = ports.clock();
    const [since, until, at] = [health.since, health.until ?? now, now].map((time) => new Date(time).toISOString());
    if (since === undefined || until === undefined || at === undefined) continue;
    const about = { id, at, by: "sluice", environment: from, apps: [app] };
    await ports.state.record(where, { ...about, kind: "verified", commit, since, until }, signal);
  }
}
