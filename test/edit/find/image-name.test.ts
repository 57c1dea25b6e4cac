import { describe, expect, it } from "vitest";
import { parseImage, printImage, versionOf } from "../../../src/edit/index.ts";
import { digestOf } from "./support/repository.ts";

const digest = digestOf("a");

describe("an image's name", () => {
  it.each([
    ["nginx", "nginx", "", ""],
    ["nginx:1.27", "nginx", "1.27", ""],
    ["ghcr.io/acme/webapp:1.4.0", "ghcr.io/acme/webapp", "1.4.0", ""],
    ["localhost:5000/webapp", "localhost:5000/webapp", "", ""],
    ["localhost:5000/acme/webapp:5000", "localhost:5000/acme/webapp", "5000", ""],
    [`webapp@${digest}`, "webapp", "", digest],
    [`registry.example.com:443/webapp:1.0@${digest}`, "registry.example.com:443/webapp", "1.0", digest],
  ])("takes %s apart and puts it together again", (text, name, tag, hash) => {
    const image = { name, tag, digest: hash };
    expect(parseImage(text)).toEqual(image);
    expect(printImage(image)).toBe(text);
  });

  it.each([
    "",
    ":1.0",
    "webapp:",
    "webapp:one two",
    "webapp:{{ .Values.tag }}",
    "$(IMAGE)",
    "https://github.com/acme/main.git",
    "webapp@1.0",
    "webapp@sha256:abc",
    "acme//webapp",
    "acme/webapp/",
    "ENC[AES256_GCM,data:x]",
    "./assets/sky.png",
    "a".repeat(2_000),
  ])("is not found in %j", (text) => {
    expect(parseImage(text)).toBeUndefined();
  });

  it("is followed by a version, a version and a digest, a digest, or nothing", () => {
    expect(versionOf({ tag: "1.4.0", digest: "" })).toBe("1.4.0");
    expect(versionOf({ tag: "1.4.0", digest })).toBe(`1.4.0@${digest}`);
    expect(versionOf({ tag: "", digest })).toBe(`@${digest}`);
    expect(versionOf({ tag: "", digest: "" })).toBe("");
  });
});
