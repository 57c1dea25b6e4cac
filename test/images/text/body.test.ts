import { describe, expect, it } from "vitest";
import { createSigner } from "../../../src/change/signature.ts";
import { type ImageBodyParts, type ImageSection, imageBody } from "../../../src/images/text/body.ts";
import { type ImageMetadata, parseImageMetadata, printImageMetadata } from "../../../src/images/text/metadata.ts";

const branch = "sluice/image/web-12345678";
const signer = createSigner("a private key").of(1);
const digest = `sha256:${"a1b2".repeat(16)}`;
const image = "registry.example.com/platform/services/web";

function recordOf(targets: number, replaced = 0): ImageMetadata {
  return {
    unit: image,
    base: "main",
    head: "f".repeat(40),
    images: [{ image, tag: "1.5.0", digest, platforms: ["linux/amd64", "linux/arm64"] }],
    targets: Array.from({ length: targets }, (_, index) => ({
      app: `application-with-a-name-${index}`,
      environment: index % 2 === 0 ? "staging-europe" : "staging-america",
      images: [{ image, from: `1.${index % 7}.0@${digest}`, to: `1.5.0@${digest}` }],
    })),
    replaced: Array.from({ length: replaced }, (_, index) => `web 1.${index}.0 → 1.${index}.1 ${"x".repeat(270)}`),
    stays: [],
    places: 0,
  };
}

const now = Date.UTC(2026, 10, 29, 23);

const section: ImageSection = {
  image,
  tag: "1.5.0",
  digest,
  platforms: ["linux/amd64", "linux/arm64"],
  built: Date.UTC(2026, 10, 20, 9, 30),
  from: "1.0.0",
  oldDigest: "",
  reason: "the highest version in `^1.0`",
  skipped: ["1.4.1", "1.4.0"],
  newer: [],
  follows: false,
  source: undefined,
};

function partsOf(metadata: ImageMetadata, more: Partial<ImageBodyParts> = {}): ImageBodyParts {
  const comment = printImageMetadata(metadata, branch, signer);
  return {
    metadata,
    comment,
    sections: [section],
    notes: [],
    left: [],
    autoMerge: false,
    promote: undefined,
    now,
    ...more,
  };
}

const commit = {
  sha: "c".repeat(40),
  title: "A commit ".repeat(20),
  author: "somebody",
  url: "https://github.com/a/b/c",
};

describe("the body of an image pull request", () => {
  it.each([1, 60, 300, 2_000])(
    "fits with %d targets, long notes and reasons, and its metadata parses back",
    (targets) => {
      const metadata = recordOf(targets, 20);
      const many = Array.from({ length: targets }, (_, index) => index);
      const body = imageBody(
        partsOf(metadata, {
          sections: Array.from({ length: 30 }, () => ({
            ...section,
            skipped: Array.from({ length: 100 }, (_, index) => `1.4.${index}-${"y".repeat(100)}`),
            source: {
              url: "https://github.com/a/b",
              compareUrl: "https://github.com/a/b/compare/1...2",
              commits: Array.from({ length: 250 }, () => commit),
              total: 400,
            },
          })),
          notes: many.map((index) => ({ target: `app-${index}`, note: "It is set in an odd place. ".repeat(20) })),
          left: many.map((index) => ({
            target: `app-${index}`,
            why: "It does not render: something long. ".repeat(20),
          })),
        }),
      );
      expect(body.length).toBeLessThan(65_536);
      expect(parseImageMetadata(body, branch, signer)).toEqual(metadata);
      expect(parseImageMetadata(body, "sluice/image/another", signer)).toBeUndefined();
      expect(body).toMatch(/\*\*staging-europe gets web|get web/);
    },
  );

  it("of more targets than one can carry is refused, with what to do instead", () => {
    expect(() => printImageMetadata(recordOf(20_000), branch, signer)).toThrow("cannot carry 20000 targets");
  });

  it("counts what it does not list", () => {
    const body = imageBody(partsOf(recordOf(310)));
    expect(body).toMatch(/^And \d+ more places\.$/m);
  });

  it("takes the words of strangers as words", () => {
    const nasty = "@team <b>x</b> | ![x](https://evil.example/x.png)\n# Heading";
    const metadata = { ...recordOf(1, 0), replaced: [nasty] };
    const source = {
      url: "https://github.com/a/b",
      compareUrl: undefined,
      commits: [{ ...commit, title: nasty, author: nasty }],
      total: 1,
    };
    const body = imageBody(
      partsOf(metadata, {
        sections: [{ ...section, tag: "`1`|@team", reason: nasty, skipped: [nasty], platforms: [nasty], source }],
        notes: [{ target: nasty, note: nasty }],
        left: [{ target: nasty, why: nasty }],
      }),
    );
    const seen = body.replaceAll(/`+[^`]*`+/g, "");
    for (const text of ["@team", "<b>", "![x](", "\n# Heading"]) expect(seen).not.toContain(text);
  });
});
