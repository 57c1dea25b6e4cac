import { describe, expect, it } from "vitest";
import { createMetrics } from "../../src/observe/index.ts";

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

describe("the metrics", () => {
  it("say in Prometheus' text format what happened", async () => {
    const metrics = createMetrics();
    metrics.restCall("acme/shop", "GET /repos/{owner}/{repo}/pulls/{number}", 200);
    metrics.restCall("acme/shop", "GET /repos/{owner}/{repo}/pulls/{number}", 200);
    metrics.job("preview", "done", 3);
    metrics.delivery("pull_request", 202, 0.004);
    metrics.render("kustomize", "engine", true, 0.02);
    metrics.preview(10, 4, 2);
    const series = parse(await metrics.text());
    const route = 'repository="acme/shop",route="GET /repos/{owner}/{repo}/pulls/{number}",status="200"';
    expect(series.get(`sluice_github_rest_calls_total{${route}}`)).toBe(2);
    expect(series.get('sluice_job_seconds_count{type="preview",outcome="done"}')).toBe(1);
    expect(series.get('sluice_webhook_delivery_seconds_count{event="pull_request",status="202"}')).toBe(1);
    expect(series.get('sluice_render_seconds_count{kind="kustomize",source="engine",result="ok"}')).toBe(1);
    expect(series.get('sluice_preview_targets_total{affected="true"}')).toBe(4);
    expect(series.get('sluice_preview_targets_total{affected="false"}')).toBe(6);
    expect(series.has("process_cpu_seconds_total")).toBe(true);
    expect(metrics.contentType).toContain("text/plain");
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
