import perfHooks from "node:perf_hooks";
import { describe, expect, it, vi } from "vitest";
import type { SluiceEvent } from "../../src/model/events.ts";
import { createEvents, createMetrics } from "../../src/observe/index.ts";
import { memoryLog } from "../webhooks/fakes.ts";
import { samples } from "./samples.ts";

/** Series of the Prometheus text format, by name and labels. Throws on a line that is neither comment nor sample. */
function parse(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ") || line.startsWith("# TYPE ")) continue;
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-z_]+="[^"]*",?)*\})?) (-?[0-9.e+-]+|[Nn]a[Nn]|\+Inf)$/.exec(
      line,
    );
    if (match === null) throw new Error(`no sample: ${line}`);
    series.set(match[1] ?? "", Number(match[2]));
  }
  return series;
}

/** The series after these events. */
async function seriesOf(...events: readonly SluiceEvent[]): Promise<Map<string, number>> {
  const metrics = createMetrics();
  const hub = createEvents({ listeners: [metrics.events], log: memoryLog(), failed: metrics.listenerFailed });
  for (const event of events) {
    if (event.kind === "hold.set" || event.kind === "hold.ended")
      await hub.dispatch(event, AbortSignal.timeout(600_000));
    else hub.announce(event);
  }
  return parse(await metrics.text());
}

describe("the metrics", () => {
  it("say in Prometheus' text format what happened", async () => {
    const metrics = createMetrics();
    metrics.restCall("acme/shop", "GET /repos/{owner}/{repo}/pulls/{number}", 200);
    metrics.restCall("acme/shop", "GET /repos/{owner}/{repo}/pulls/{number}", 200);
    metrics.job("preview", "done", 3);
    metrics.webhook("pull_request", 202, 0.004);
    metrics.render("kustomize", "engine", true, 0.02);
    const series = parse(await metrics.text());
    const route = 'repository="acme/shop",route="GET /repos/{owner}/{repo}/pulls/{number}",status="200"';
    expect(series.get(`sluice_github_rest_calls_total{${route}}`)).toBe(2);
    expect(series.get('sluice_job_seconds_count{type="preview",outcome="done"}')).toBe(1);
    expect(series.get('sluice_webhook_delivery_seconds_count{event="pull_request",status="202"}')).toBe(1);
    expect(series.get('sluice_render_seconds_count{kind="kustomize",source="engine",result="ok"}')).toBe(1);
    expect(series.has("process_cpu_seconds_total")).toBe(true);
    expect(metrics.contentType).toContain("text/plain");
  });

  it("have one measure of the event loop for the whole process, which they all show", async () => {
    const measure = vi.spyOn(perfHooks, "monitorEventLoopDelay");
    const [first, second] = [createMetrics(), createMetrics()];
    expect(measure.mock.calls.length).toBeLessThanOrEqual(1);
    for (const metrics of [first, second])
      expect(parse(await metrics.text()).has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
  });

  it("bound the labels that the outside chooses", async () => {
    const metrics = createMetrics();
    for (let i = 0; i < 2_000; i++) metrics.restCall(`acme/repo-${i}`, "GET /", 200);
    const series = parse(await metrics.text());
    const counted = [...series.keys()].filter((key) => key.startsWith("sluice_github_rest_calls_total"));
    expect(counted.length).toBeLessThanOrEqual(501);
    expect(series.get('sluice_github_rest_calls_total{repository="other",route="GET /",status="200"}')).toBe(1_500);
  });

  it("read the queue at each scrape, and say so when its store is away", async () => {
    const metrics = createMetrics();
    let away = false;
    metrics.watchQueue(async () => {
      if (away) throw new Error("away");
      return { waiting: 3, active: 1, delayed: 0, failed: 2 };
    });
    const series = parse(await metrics.text());
    expect(series.get('sluice_queue_jobs{state="waiting"}')).toBe(3);
    expect(series.get("sluice_queue_up")).toBe(1);
    away = true;
    const later = parse(await metrics.text());
    expect(later.get("sluice_queue_up")).toBe(0);
    expect(later.has('sluice_queue_jobs{state="waiting"}')).toBe(false);
  });
});

describe("the metrics of events", () => {
  it("count a job that ran twice once", async () => {
    const event = samples["preview.posted"];
    const series = await seriesOf(event, event, { ...event, id: "another" });
    expect(series.get('sluice_preview_seconds_count{outcome="posted"}')).toBe(2);
  });

  it("tell previews by outcome and time, with their targets and findings", async () => {
    const series = await seriesOf(
      samples["preview.posted"],
      samples["preview.refused"],
      samples["preview.failed"],
      samples["preview.superseded"],
    );
    for (const outcome of ["posted", "refused", "failed", "superseded"])
      expect(series.get(`sluice_preview_seconds_count{outcome="${outcome}"}`)).toBe(1);
    expect(series.get('sluice_preview_seconds_sum{outcome="posted"}')).toBe(2);
    expect(series.get('sluice_preview_targets_total{affected="true"}')).toBe(3);
    expect(series.get('sluice_preview_targets_total{affected="false"}')).toBe(7);
    expect(series.get('sluice_findings_total{severity="warning"}')).toBe(1);
  });

  it("tell promotions by outcome, how long they waited, and the lead time from the source's merge", async () => {
    const series = await seriesOf(
      samples["promotion.opened"],
      samples["promotion.merged"],
      samples["promotion.closed"],
      samples["promotion.reverted"],
      samples["rollback.merged"],
    );
    const total = (purpose: string, outcome: string) =>
      series.get(`sluice_promotions_total{purpose="${purpose}",environment="prod",outcome="${outcome}"}`);
    expect(["opened", "merged", "closed", "reverted"].map((outcome) => total("promotion", outcome))).toEqual([
      1, 1, 1, 1,
    ]);
    expect(total("rollback", "merged")).toBe(1);
    expect(series.get('sluice_promotion_waiting_seconds_sum{environment="prod"}')).toBe(3_600);
    expect(series.get('sluice_promotion_lead_seconds_sum{environment="prod"}')).toBe(3 * 3_600);
    expect(series.get('sluice_promotion_lead_seconds_count{environment="prod"}')).toBe(1);
  });

  it("leave the lead time out where nobody knows when the source had the version", async () => {
    const series = await seriesOf({ ...samples["promotion.merged"], sourceMergedAt: undefined });
    expect(series.has('sluice_promotion_lead_seconds_count{environment="prod"}')).toBe(false);
    expect(series.get('sluice_promotion_waiting_seconds_count{environment="prod"}')).toBe(1);
  });

  it("tell how long a gate that was closed at first kept a promotion, and what was overridden", async () => {
    const series = await seriesOf(samples["gates.changed"], samples["gate.overridden"]);
    expect(series.get('sluice_gate_wait_seconds_sum{environment="prod",gate="approvals"}')).toBe(3_600);
    expect(series.has('sluice_gate_wait_seconds_count{environment="prod",gate="soak"}')).toBe(false);
    expect(series.get('sluice_overrides_total{environment="prod",gate="soak"}')).toBe(1);
  });

  it("tell how long a tag took from its event to its pull request", async () => {
    const series = await seriesOf(samples["registry.received"], samples["image.opened"], samples["image.declined"]);
    expect(series.get('sluice_image_events_total{hook="ghcr",outcome="accepted"}')).toBe(1);
    expect(series.get("sluice_image_lag_seconds_sum")).toBe(20);
    expect(series.get('sluice_image_pulls_total{outcome="opened"}')).toBe(1);
    expect(series.get('sluice_image_pulls_total{outcome="declined"}')).toBe(1);
  });

  it("tell commands by name and outcome; what is no command has no name", async () => {
    const { error: _, ...unknown } = samples["command.refused"];
    const series = await seriesOf(samples["command.done"], samples["command.refused"], {
      ...unknown,
      id: "other",
      command: "whatever somebody wrote",
    });
    expect(series.get('sluice_commands_total{command="promote",outcome="done"}')).toBe(1);
    expect(series.get('sluice_commands_total{command="promote",outcome="refused"}')).toBe(1);
    expect(series.get('sluice_commands_total{command="unknown",outcome="refused"}')).toBe(1);
  });

  it("bound the environments and hooks that configurations name", async () => {
    const opened = Array.from({ length: 300 }, (_, nth) => ({
      ...samples["promotion.opened"],
      id: `${nth}`,
      environment: `env-${nth}`,
    }));
    const received = Array.from({ length: 300 }, (_, nth) => ({
      ...samples["registry.received"],
      id: `h${nth}`,
      hook: `h${nth}`,
    }));
    const keys = [...(await seriesOf(...opened, ...received)).keys()];
    expect(keys.filter((key) => key.startsWith("sluice_promotions_total"))).toHaveLength(101);
    expect(keys.filter((key) => key.startsWith("sluice_image_events_total"))).toHaveLength(101);
  });

  it("count the listeners that fail", async () => {
    const metrics = createMetrics();
    metrics.listenerFailed("log");
    expect(parse(await metrics.text()).get('sluice_event_listener_failures_total{listener="log"}')).toBe(1);
  });
});
