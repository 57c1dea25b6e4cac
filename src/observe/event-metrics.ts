import { Counter, Histogram, type Registry } from "prom-client";
import type { EventListener, EventOf, SluiceEvent } from "../model/events.ts";
import type { GateState } from "../model/gates.ts";
import { BoundedLabels } from "./labels.ts";

/** Seconds: of what machines do. */
const workBuckets = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];
/** Seconds, from a minute to 30 days: of what people wait for. */
const waitBuckets = [60, 600, 1_800, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400];
const maxEnvironments = 100;
const maxHooks = 100;

/**
 * Counts and times by events. The hub tells each event once per process, so a job that ran twice there counts once;
 * one that ran in two processes counts in both. Labels are closed sets or bounded: what comes after is `other`.
 */
export function eventMetrics(registry: Registry): EventListener {
  const environments = new BoundedLabels(maxEnvironments);
  const counts: readonly Count[] = [
    previews(registry),
    promotions(registry, environments),
    gates(registry, environments),
    images(registry),
    commands(registry),
  ];
  return {
    name: "metrics",
    onEvent: (event) => {
      for (const count of counts) count(event);
    },
  };
}

type Count = (event: SluiceEvent) => void;

function previews(registry: Registry): Count {
  const seconds = histogram(registry, "sluice_preview_seconds", "Previews by outcome.", ["outcome"], workBuckets);
  const targets = counter(registry, "sluice_preview_targets_total", "Targets that previews looked at.", ["affected"]);
  const findings = counter(registry, "sluice_findings_total", "Findings of previews.", ["severity"]);
  return (event) => {
    if (!event.kind.startsWith("preview.") || !("durationMs" in event)) return;
    seconds.observe({ outcome: lastPart(event.kind) }, event.durationMs / 1000);
    if (event.kind !== "preview.posted") return;
    targets.inc({ affected: "true" }, event.affected);
    targets.inc({ affected: "false" }, Math.max(event.targets - event.affected, 0));
    for (const [severity, count] of Object.entries(event.findings)) findings.inc({ severity }, count);
  };
}

function promotions(registry: Registry, environments: BoundedLabels): Count {
  const help = "Promotions and rollbacks by what became of them.";
  const total = counter(registry, "sluice_promotions_total", help, ["purpose", "environment", "outcome"]);
  const waited = "From the opening of a promotion to its merge.";
  const waits = histogram(registry, "sluice_promotion_waiting_seconds", waited, ["environment"], waitBuckets);
  const led = "From the merge of a version in the source environment to its merge in this one.";
  const leads = histogram(registry, "sluice_promotion_lead_seconds", led, ["environment"], waitBuckets);
  const timed = (event: EventOf<"promotion.merged">, environment: string) => {
    waits.observe({ environment }, secondsBetween(event.openedAt, event.mergedAt));
    if (event.sourceMergedAt !== undefined)
      leads.observe({ environment }, secondsBetween(event.sourceMergedAt, event.mergedAt));
  };
  return (event) => {
    switch (event.kind) {
      case "promotion.opened":
      case "promotion.superseded":
      case "promotion.merged":
      case "promotion.closed":
      case "rollback.opened":
      case "rollback.superseded":
      case "rollback.merged":
      case "rollback.closed": {
        const environment = environments.of(event.environment);
        const purpose = event.kind.startsWith("rollback") ? "rollback" : "promotion";
        total.inc({ purpose, environment, outcome: lastPart(event.kind) });
        if (isMerged(event)) timed(event, environment);
        return;
      }
      case "promotion.reverted":
        return total.inc({
          purpose: "promotion",
          environment: environments.of(event.environment),
          outcome: "reverted",
        });
      default:
    }
  };
}

function isMerged(event: SluiceEvent): event is EventOf<"promotion.merged"> {
  return event.kind === "promotion.merged";
}

const passed: ReadonlySet<GateState> = new Set(["passed", "overridden"]);

function gates(registry: Registry, environments: BoundedLabels): Count {
  const help = "From the opening of a promotion until one of its gates passed that had not at first.";
  const waits = histogram(registry, "sluice_gate_wait_seconds", help, ["environment", "gate"], waitBuckets);
  const overrides = counter(registry, "sluice_overrides_total", "Gates that a person overrode.", [
    "environment",
    "gate",
  ]);
  return (event) => {
    if (event.kind === "gate.overridden")
      overrides.inc({ environment: environments.of(event.environment), gate: event.gate });
    if (event.kind !== "gates.changed") return;
    for (const { gate, was, now } of event.changes) {
      if (was === undefined || passed.has(was) || !passed.has(now)) continue;
      waits.observe(
        { environment: environments.of(event.environment), gate },
        secondsBetween(event.openedAt, event.at),
      );
    }
  };
}

function images(registry: Registry): Count {
  const hooks = new BoundedLabels(maxHooks);
  const received = counter(registry, "sluice_image_events_total", "Events of registries.", ["hook", "outcome"]);
  const pulls = counter(registry, "sluice_image_pulls_total", "Image pull requests by what became of them.", [
    "outcome",
  ]);
  const help = "From the first event that named a tag to the pull request that brings it.";
  const lag = histogram(registry, "sluice_image_lag_seconds", help, [], workBuckets);
  return (event) => {
    switch (event.kind) {
      case "registry.received":
        return received.inc({ hook: hooks.of(event.hook), outcome: event.pushes.length > 0 ? "accepted" : "ignored" });
      case "image.opened":
      case "image.advanced":
        for (const { reportedAt } of event.images) {
          if (reportedAt !== undefined) lag.observe(secondsBetween(reportedAt, event.at));
        }
        return pulls.inc({ outcome: lastPart(event.kind) });
      case "image.merged":
      case "image.declined":
      case "image.closed":
        return pulls.inc({ outcome: lastPart(event.kind) });
      default:
    }
  };
}

function commands(registry: Registry): Count {
  const total = counter(registry, "sluice_commands_total", "Commands by what became of them.", ["command", "outcome"]);
  return (event) => {
    switch (event.kind) {
      case "command.done":
      case "command.failed":
        return total.inc({ command: event.command, outcome: lastPart(event.kind) });
      case "command.refused":
        // A name that is no command's is whatever somebody wrote.
        return total.inc({ command: event.error === undefined ? "unknown" : event.command, outcome: "refused" });
      default:
    }
  };
}

function lastPart(kind: SluiceEvent["kind"]): string {
  return kind.slice(kind.indexOf(".") + 1);
}

/** Clocks differ between hosts: never less than none. */
function secondsBetween(from: number, to: number): number {
  return Math.max(0, (to - from) / 1000);
}

function counter<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]) {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

function histogram<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
  buckets: readonly number[],
) {
  return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [registry] });
}
