import { describe, expect, it } from "vitest";
import type { EventListener, SluiceEvent } from "../../src/model/events.ts";
import { audit, createEvents, createLogger, eventLogLine } from "../../src/observe/index.ts";
import { samples } from "./samples.ts";

const everything: readonly SluiceEvent[] = Object.values(samples);

/** What the log and the audit write of one event, through the hub. */
function written(event: SluiceEvent): { readonly log: readonly string[]; readonly audit: readonly string[] } {
  const lines: string[] = [];
  const audited: string[] = [];
  const log = createLogger({ level: "info", pretty: false, destination: { write: (line) => lines.push(line) } });
  const listeners: readonly EventListener[] = [eventLogLine(log), audit({ write: (line) => audited.push(line) })];
  const events = createEvents({ listeners, log, failed: () => undefined });
  if (event.kind === "hold.set" || event.kind === "hold.ended")
    void events.dispatch(event, AbortSignal.timeout(600_000));
  else events.announce(event);
  return { log: lines, audit: audited };
}

/** The value with this at the end of every text in it. */
function withText(value: unknown, text: string): unknown {
  if (typeof value === "string") return `${value} ${text}`;
  if (Array.isArray(value)) return value.map((item) => withText(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === "kind" ? item : withText(item, text)]),
  );
}

describe("the log line of an event", () => {
  it.each(everything)("is one line of words for $kind, at info, with the fields", (event) => {
    const { log } = written(event);
    expect(log).toHaveLength(1);
    const line: unknown = JSON.parse(log[0] ?? "");
    expect(line).toMatchObject({ level: "info", event: event.kind, id: event.id });
    expect(line).toMatchObject({ message: expect.stringMatching(/^[A-Z][^\n]{10,300}$/) });
    expect(log[0]).not.toMatch(/undefined|\[object|NaN/);
  });

  it.each([
    ["preview.posted", "Preview posted on acme/shop#12: checked 3 of 3, 1 finding"],
    ["promotion.opened", "Promotion to prod opened as acme/shop#12 by ada: webapp/prod 1.3.0 → 1.4.0"],
    ["rollback.merged", "Rollback in prod acme/shop#12 merged: webapp/prod 1.3.0 → 1.4.0"],
    ["gates.changed", "Gates of acme/shop#12 changed to waiting: approvals passed, soak waiting"],
    ["deploy.started", "Deploy of webapp 1.4.0 to prod in acme/shop at aaaaaaa started"],
    ["deploy.live", "Deploy of webapp 1.4.0 to prod in acme/shop at aaaaaaa went well"],
    ["deploy.failed", "Deploy of webapp 1.4.0 to prod in acme/shop at aaaaaaa failed: image cannot be pulled"],
    ["drift.found", "Drift of prod in acme/shop found: 2 resources, see issue #60"],
    ["drift.healed", "Drift of prod in acme/shop undone: 2 resources, see issue #60"],
    ["drift.closed", "Drift of prod in acme/shop is gone: issue #60 closed"],
    ["hold.set", "Hold on prod/webapp in acme/shop set by ada until 2026-11-23T10:00:00.000Z: incident"],
    ["command.refused", "Command /promote prod webapp on acme/shop#12 refused for ada: it needs `write`"],
    ["image.opened", "Image pull request acme/shop#12 opened: ghcr.io/acme/webapp:1.4.0"],
    ["job.failed", "Job gates/acme/shop/12 failed for good after 6 attempts: GitHub is away"],
  ] as const)("says of %s: %s", (kind, words) => {
    expect(written(samples[kind]).log[0]).toContain(JSON.stringify(words));
  });

  it("stays one bounded line, whatever people write", () => {
    const event = { ...samples["hold.set"], reason: `a\nb\u001b[31m\u202e${"x".repeat(10_000)}` };
    const { log } = written(event);
    const { message } = JSON.parse(log[0] ?? "") as { message: string };
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThan(700);
  });
});

describe("the audit", () => {
  it("writes one JSON line for each decision, with actor, reason and time", () => {
    const lines = written(samples["gate.overridden"]).audit;
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      audit: "gate.overridden",
      time: "2026-11-23T09:00:00.000Z",
      repository: { owner: "acme", name: "shop" },
      pullRequest: 12,
      gate: "soak",
      actor: { kind: "person", login: "ada" },
      reason: "hotfix",
      message: "Gate soak of acme/shop#12 overridden by ada: hotfix",
    });
  });

  it("is whole, however many targets were decided on", () => {
    const targets = Array.from({ length: 250 }, (_, index) => ({
      app: `app-${index}`,
      environment: "prod",
      versions: [],
    }));
    const [line = ""] = written({ ...samples["promotion.opened"], targets }).audit;
    expect(JSON.parse(line)).toMatchObject({ targets: targets.map(({ app }) => ({ app })) });
  });

  it("is cut at a mebibyte, and says so", () => {
    const event = { ...samples["gate.overridden"], apps: Array.from({ length: 20_000 }, () => "x".repeat(100)) };
    const [line = ""] = written(event).audit;
    expect(Buffer.byteLength(line)).toBeLessThan(1 << 20);
    expect(JSON.parse(line)).toMatchObject({ actor: event.actor, cut: expect.stringContaining("1048576") });
  });

  it.each(everything)("of $kind is there exactly when somebody decided", (event) => {
    expect(written(event).audit).toHaveLength("actor" in event ? 1 : 0);
  });
});

describe("no event", () => {
  // Put together here, so that no scanner takes it for a real one.
  const token = `ghs_${"A1b2C3d4E5f6G7h8I9j0K1l2"}`;

  it.each(everything)("of $kind carries a token to a listener, in whatever field it stands", (event) => {
    const received: SluiceEvent[] = [];
    const log = createLogger({ level: "silent", pretty: false, destination: { write: () => undefined } });
    const collect: EventListener = { name: "collect", onEvent: (one) => void received.push(one) };
    const events = createEvents({ listeners: [collect], log, failed: () => undefined });
    const spoilt = withText(event, token) as Exclude<SluiceEvent, { kind: "hold.set" | "hold.ended" }>;
    events.announce(spoilt);
    expect(JSON.stringify(spoilt)).toContain(token);
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received)).not.toContain(token);
  });
});
