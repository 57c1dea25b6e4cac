import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playBurst, total } from "../support/image-burst.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

// Hundreds on twenty images: images/burst. `npm run bench -- images` plays a thousand in a minute.
describe("dozens of events on three images", () => {
  it("make three pull requests, each at the newest tag, with few calls of GitHub and of the registry", async () => {
    const images = 3;
    const { events, pullRequests, newest, rest, registry } = await playBurst(play, { images, tags: 12 });
    expect({ events, pullRequests, newest }).toEqual({ events: 36, pullRequests: images, newest: images });
    expect(total(rest)).toBeLessThanOrEqual(60 * images);
    expect(total(registry)).toBeLessThanOrEqual(40 * images);
  });
});
