import { describe, expect, it } from "vitest";
import { createEventLog } from "../../../src/images/event-log.ts";
import { announcePublished, closedEvent, declinedEvent, mergedEvent } from "../../../src/images/run/events.ts";
import { noteSightings } from "../../../src/images/run/tag-sightings.ts";
import type { ImageMetadata } from "../../../src/images/text/metadata.ts";
import { fakeGitHub } from "../../support/fake-github.ts";
import { memoryRecords } from "../../support/memory-records.ts";
import { memoryEvents } from "../../webhooks/fakes.ts";

const now = Date.UTC(2026, 10, 23, 9);
const where = { installationId: 1, repository: { owner: "acme", name: "shop" } };
const head = "a".repeat(40);
const image = "ghcr.io/acme/web";
const metadata: ImageMetadata = {
  unit: image,
  base: "main",
  head,
  images: [{ image, tag: "1.4.0", digest: "sha256:1", platforms: [] }],
  targets: [{ app: "web", environment: "staging", images: [{ image, from: "1.3.0", to: "1.4.0" }] }],
  replaced: [],
  stays: [],
  places: 0,
};
const pull = fakeGitHub().addPull({ number: 5, head: { sha: head, ref: "sluice/image/web", repository: undefined } });
const of = { where, pull, metadata };

/** What is announced of a pull request, after an event named the tag 20 s ago. */
async function announced(how: "opened" | "updated" | "same", before?: ImageMetadata) {
  const records = memoryRecords();
  const events = memoryEvents();
  const ports = { events, clock: () => now, records, eventLog: createEventLog(records, () => now) };
  await noteSightings(ports, [{ image, tag: "1.4.0" }], now - 20_000, AbortSignal.timeout(600_000));
  await announcePublished(ports, where, { how, pull, head, before, now: metadata, dismissed: [] });
  return events.received;
}

describe("an image pull request", () => {
  it("that was opened says what it brings, to which targets, and when its tag was first reported", async () => {
    expect(await announced("opened")).toEqual([
      {
        kind: "image.opened",
        id: "image.opened/acme/shop/5",
        at: now,
        ...where,
        pullRequest: 5,
        unit: image,
        head,
        images: [{ image, tag: "1.4.0", digest: "sha256:1", reportedAt: now - 20_000 }],
        targets: [{ app: "web", environment: "staging", versions: [{ image, from: "1.3.0", to: "1.4.0" }] }],
      },
    ]);
  });

  it("that advances with the same tag, for the base moved, does not tell again how long the tag took", async () => {
    const [event] = await announced("updated", metadata);
    expect(event).toMatchObject({ kind: "image.advanced", id: `image.advanced/acme/shop/5/${head}` });
    expect(event).toHaveProperty("images", [{ image, tag: "1.4.0", digest: "sha256:1" }]);
  });

  it("that says the same is no event", async () => {
    expect(await announced("same", metadata)).toEqual([]);
  });

  it("ends by a merge at GitHub's time, declined by a person, or closed by Sluice for a reason", () => {
    const merged = { ...of, pull: { ...pull, openedAt: now - 9_000, closedAt: now - 1_000 } };
    expect(mergedEvent(merged, [], now)).toMatchObject({
      kind: "image.merged",
      openedAt: now - 9_000,
      mergedAt: now - 1_000,
      targets: [],
      actor: { kind: "automation" },
    });
    expect(declinedEvent(of, now)).toMatchObject({ kind: "image.declined", unit: image });
    expect(closedEvent({ where }, pull, "nothing is left", now)).toMatchObject({
      kind: "image.closed",
      branch: "sluice/image/web",
      reason: "nothing is left",
    });
  });
});
