import { describe, expect, it } from "vitest";
import { type ImageMetadata, isWithin, sameBumps, sameVersions } from "../../../src/images/text/metadata.ts";

type Brought = Pick<ImageMetadata, "images" | "targets">;

const web = { image: "ghcr.io/acme/web", tag: "1.4.0", digest: "sha256:1", platforms: ["linux/amd64", "linux/arm64"] };
const api = { image: "ghcr.io/acme/api", tag: "2.0.0", digest: "sha256:2", platforms: [] };

function target(
  app: string,
  environment: string,
  ...images: readonly (typeof web)[]
): ImageMetadata["targets"][number] {
  const versions = images.map(({ image, tag }) => ({ image, from: "1.0.0", to: tag }));
  return { app, environment, images: versions };
}

const both: Brought = {
  images: [web, api],
  targets: [target("shop", "staging", web, api), target("shop", "prod", web), target("back", "staging", api)],
};

/** The same, as another order of the configuration gives it. */
const turned: Brought = {
  images: [api, { ...web, platforms: ["linux/arm64", "linux/amd64"] }],
  targets: [target("back", "staging", api), target("shop", "prod", web), target("shop", "staging", api, web)],
};

describe("records of image pull requests", () => {
  it("bring the same whatever the order of the configuration", () => {
    expect([sameVersions(both, turned), sameBumps(both, turned), isWithin(turned, both)]).toEqual([true, true, true]);
  });

  it("differ in a version, a target, or the image behind a tag", () => {
    const newer = { ...web, tag: "1.4.1" };
    const other: Brought = { ...both, targets: [...both.targets.slice(1), target("shop", "staging", newer, api)] };
    expect([sameVersions(both, other), isWithin(other, both)]).toEqual([false, false]);
    const fewer: Brought = { ...both, targets: both.targets.slice(1) };
    expect([sameVersions(both, fewer), sameVersions(fewer, both)]).toEqual([false, false]);
    const pushedAgain: Brought = { ...both, images: [{ ...web, digest: "sha256:3" }, api] };
    expect([sameVersions(both, pushedAgain), sameBumps(both, pushedAgain)]).toEqual([true, false]);
  });

  it("are within one that brings the same to more targets, and more images to the same", () => {
    const some: Brought = { images: [web], targets: [target("shop", "staging", web)] };
    expect([isWithin(some, both), isWithin(both, some)]).toEqual([true, false]);
    const elsewhere: Brought = { images: [web], targets: [target("back", "staging", web)] };
    expect(isWithin(elsewhere, both)).toBe(false);
    const apart = [target("a, b", "staging", web)];
    expect(isWithin({ targets: apart }, { targets: [target("a", "b, staging", web)] })).toBe(false);
  });
});
