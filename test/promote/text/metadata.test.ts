import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSigner, isSluiceCommit, treeTrailer } from "../../../src/change/signature.ts";
import {
  mergedId,
  type PromotionMetadata,
  parsePromotion,
  printPromotion,
  promotionFormat,
  sameRenders,
  sameVersions,
} from "../../../src/promote/text/metadata.ts";

const signer = createSigner("a private key").of(1);
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

  it("is of a rollback too", () => {
    const rollback: PromotionMetadata = { ...metadata, kind: "rollback" };
    expect(parsePromotion(printPromotion(rollback, branch, signer), branch, signer)).toEqual(rollback);
  });

  it("cannot end the HTML comment that it stands in", () => {
    const line = printPromotion(metadata, branch, signer);
    expect(line.slice(4, -3)).not.toContain("--");
  });

  it("stands in the body as a promotion's", () => {
    expect(printPromotion(metadata, branch, signer)).toMatch(
      /^<!-- sluice:promotion:v1 [A-Za-z0-9+/=]+ [0-9a-f]{64} -->$/,
    );
  });

  it("no longer counts once it is discarded", () => {
    const body = `Before.\n${printPromotion(metadata, branch, signer)}\nAfter.`;
    const closed = promotionFormat.discard(body);
    expect(parsePromotion(closed, branch, signer)).toBeUndefined();
    expect(closed).toBe(body.replace("sluice:promotion:", "sluice:closed-promotion:"));
  });

  it("is none when it is not what a promotion says", () => {
    const text = Buffer.from(JSON.stringify({ ...metadata, kind: "other" })).toString("base64");
    const line = `<!-- sluice:promotion:v1 ${text} ${signer.sign("record", `${branch}\n${text}`)} -->`;
    expect(parsePromotion(line, branch, signer)).toBeUndefined();
  });

  it("is none when somebody changed it, moved it to another branch, or wrote it with another key", () => {
    const line = printPromotion(metadata, branch, signer);
    const forged = printPromotion({ ...metadata, actor: "eve" }, branch, createSigner("another key").of(1));
    const [, text = "", mac = ""] = /v1 (\S+) (\S+) -->/.exec(line) ?? [];
    const other = printPromotion({ ...metadata, actor: "eve" }, branch, signer);
    const [, edited = ""] = /v1 (\S+) \S+ -->/.exec(other) ?? [];
    const swapped = `<!-- sluice:promotion:v1 ${edited} ${mac} -->`;
    expect(edited).not.toBe(text);
    for (const body of ["", forged, swapped, line.replace(mac, mac.slice(0, -1))])
      expect(parsePromotion(body, branch, signer)).toBeUndefined();
    expect(parsePromotion(line, "sluice/promote/prod/orders", signer)).toBeUndefined();
  });
});

describe("metadata of many targets", () => {
  it("is small enough for a description, and what older versions wrote is read", () => {
    const targets = Array.from({ length: 300 }, (_, index) => {
      const hash = (text: string) => createHash("sha256").update(`${text} ${index}`).digest("hex").slice(0, 32);
      const images = [{ image: `ghcr.io/acme/app-${index}`, from: "1.4.0", to: "1.5.0" }];
      return { app: `app-${index}`, images, digest: hash("after"), before: hash("before") };
    });
    const line = printPromotion({ ...metadata, targets }, branch, signer);
    expect(line.length).toBeLessThan(40_000);
    expect(parsePromotion(line, branch, signer)?.targets).toHaveLength(300);
    const text = Buffer.from(JSON.stringify(metadata)).toString("base64");
    const plain = `<!-- sluice:promotion:v1 ${text} ${signer.sign("record", `${branch}\n${text}`)} -->`;
    expect(parsePromotion(plain, branch, signer)).toEqual(metadata);
  });

  it("is discarded wherever it stands: a decoy before it does not keep it", () => {
    const line = printPromotion(metadata, branch, signer);
    const body = promotionFormat.discard(`<!-- sluice:promotion:v1 decoy -->\n${line}`);
    expect(parsePromotion(body, branch, signer)).toBeUndefined();
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
    expect(isSluiceCommit(message, branch, tree, createSigner("another key").of(1))).toBe(false);
  });
});

describe("two promotions", () => {
  const [target] = metadata.targets;
  const images = [{ image: "acme/web", from: "1", to: "2" }];
  const about = (more: Partial<PromotionMetadata["targets"][number]>): PromotionMetadata => ({
    ...metadata,
    targets: [{ app: "webapp", images, digest: "d", before: "c", ...target, ...more }],
  });

  it.each([
    ["everything else is another", {}, true, true],
    ["the app is another one", { app: "api" }, false, false],
    ["the image is another one", { images: [{ image: "acme/api", from: "1", to: "2" }] }, false, true],
    ["the old version is another one", { images: [{ image: "acme/web", from: "0", to: "2" }] }, false, true],
    ["the new version is another one", { images: [{ image: "acme/web", from: "1", to: "3" }] }, false, true],
    ["the render is another one", { digest: "e" }, true, false],
    ["the render before is another one", { before: "e" }, true, false],
  ])("carry the same versions, or lead to the same renders, where %s", (_, more, versions, renders) => {
    const [before, now] = [about({ images }), { ...about({ images, ...more }), commit: "b", carried: [9] }];
    expect([sameVersions(before, now.targets), sameRenders(before, now)]).toEqual([versions, renders]);
  });

  it("have an id each in the history", () => {
    expect(mergedId(7)).toBe("merged-7");
  });
});
