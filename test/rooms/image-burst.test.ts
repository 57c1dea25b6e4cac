import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { burstHook, playBurst, total } from "../support/image-burst.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

describe("hundreds of events on twenty images", () => {
  let play: ImagePlay;
  beforeAll(async () => {
    play = await startImagePlay({ settings: { hooks: [burstHook] } });
  });
  afterAll(() => play.close());

  it("make twenty pull requests, each at the newest tag, with few calls of GitHub and of the registry", async () => {
    const images = 20;
    const { events, pullRequests, newest, rest, registry } = await playBurst(play, { images, tags: 12 });
    expect({ events, pullRequests, newest }).toEqual({ events: 240, pullRequests: images, newest: images });
    // `npm run bench -- images` plays a thousand in a minute and prints what they cost.
    expect(total(rest)).toBeLessThanOrEqual(60 * images);
    expect(total(registry)).toBeLessThanOrEqual(40 * images);
  }, 300_000);
});
