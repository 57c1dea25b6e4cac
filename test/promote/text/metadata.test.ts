import { describe, expect, it } from "vitest";
import { isOurs, treeTrailer } from "../../../src/change/commit-trailer.ts";
import { createSeal } from "../../../src/change/signature.ts";
import { type PromotionRecord, parseRecord, printRecord } from "../../../src/promote/text/metadata.ts";

const seal = createSeal("a private key");
const branch = "sluice/promote/prod/webapp";
const record: PromotionRecord = {
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

describe("the hidden record of a promotion", () => {
  it("parses back from the middle of a body, carriage returns and all", () => {
    const line = printRecord(record, branch, seal);
    expect(parseRecord(`Hello\r\n${line}\r\nmore`, branch, seal)).toEqual(record);
  });

  it("cannot end the HTML comment that it stands in", () => {
    const line = printRecord(record, branch, seal);
    expect(line.slice(4, -3)).not.toContain("--");
  });

  it("is none when somebody changed it, moved it to another branch, or wrote it with another key", () => {
    const line = printRecord(record, branch, seal);
    const forged = printRecord({ ...record, actor: "eve" }, branch, createSeal("another key"));
    const [, text = "", mac = ""] = /v1 (\S+) (\S+) -->/.exec(line) ?? [];
    const edited = Buffer.from(text, "base64").toString().replace('"ada"', '"eve"');
    const swapped = `<!-- sluice:promotion:v1 ${Buffer.from(edited).toString("base64")} ${mac} -->`;
    for (const body of ["", forged, swapped, line.replace(mac, mac.slice(0, -1))])
      expect(parseRecord(body, branch, seal)).toBeUndefined();
    expect(parseRecord(line, "sluice/promote/prod/orders", seal)).toBeUndefined();
  });
});

describe("the trailer of a commit", () => {
  const tree = "b".repeat(40);
  const message = `Promote webapp\n\n${treeTrailer(branch, tree, seal)}\n`;

  it("says that the tree on this branch is ours", () => {
    expect(isOurs(message, branch, tree, seal)).toBe(true);
  });

  it("says nothing of another tree, another branch, or a message without it", () => {
    expect(isOurs(message, branch, "c".repeat(40), seal)).toBe(false);
    expect(isOurs(message, "sluice/promote/prod/orders", tree, seal)).toBe(false);
    expect(isOurs("Promote webapp", branch, tree, seal)).toBe(false);
    expect(isOurs(message, branch, tree, createSeal("another key"))).toBe(false);
  });
});
