import { describe, expect, it } from "vitest";
import { createSigner, isSluiceCommit, treeTrailer } from "../../../src/change/signature.ts";
import { type PromotionMetadata, parsePromotion, printPromotion } from "../../../src/promote/text/metadata.ts";

const signer = createSigner("a private key");
const branch = "sluice/promote/prod/webapp";
const metadata: PromotionMetadata = {
  kind: "promotion",
  environment: "prod",
  from: "staging",
  apps: ["webapp"],
  commit: "a".repeat(40),
  base: "main",
  actor: "ada",
  origin: 12,
  targets: [
    { app: "webapp", images: [{ image: "ghcr.io/acme/webapp", from: "1.4.0", to: "1.5.0 --> <!--" }], digest: "d" },
  ],
  carried: [12],
  replaced: [],
};

describe("the hidden metadata of a promotion", () => {
  it("parses back from the middle of a body, carriage returns and all", () => {
    const line = printPromotion(metadata, branch, signer);
    expect(parsePromotion(`Hello\r\n${line}\r\nmore`, branch, signer)).toEqual(metadata);
  });

  it("cannot end the HTML comment that it stands in", () => {
    const line = printPromotion(metadata, branch, signer);
    expect(line.slice(4, -3)).not.toContain("--");
  });

  it("is none when somebody changed it, moved it to another branch, or wrote it with another key", () => {
    const line = printPromotion(metadata, branch, signer);
    const forged = printPromotion({ ...metadata, actor: "eve" }, branch, createSigner("another key"));
    const [, text = "", mac = ""] = /v1 (\S+) (\S+) -->/.exec(line) ?? [];
    const edited = Buffer.from(text, "base64").toString().replace('"ada"', '"eve"');
    const swapped = `<!-- sluice:promotion:v1 ${Buffer.from(edited).toString("base64")} ${mac} -->`;
    for (const body of ["", forged, swapped, line.replace(mac, mac.slice(0, -1))])
      expect(parsePromotion(body, branch, signer)).toBeUndefined();
    expect(parsePromotion(line, "sluice/promote/prod/orders", signer)).toBeUndefined();
  });
});

describe("the trailer of a commit", () => {
  const tree = "b".repeat(40);
  const message = `Promote webapp\n\n${treeTrailer(branch, tree, signer)}\n`;

  it("says that the tree on this branch is ours", () => {
    expect(isSluiceCommit(message, branch, tree, signer)).toBe(true);
  });

  it("says nothing of another tree, another branch, or a message without it", () => {
    expect(isSluiceCommit(message, branch, "c".repeat(40), signer)).toBe(false);
    expect(isSluiceCommit(message, "sluice/promote/prod/orders", tree, signer)).toBe(false);
    expect(isSluiceCommit("Promote webapp", branch, tree, signer)).toBe(false);
    expect(isSluiceCommit(message, branch, tree, createSigner("another key"))).toBe(false);
  });
});
