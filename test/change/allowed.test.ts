import { describe, expect, it } from "vitest";
import { assertMayAsk } from "../../src/change/source/allowed.ts";

const rights = [
  { host: "ghcr.io", repositories: ["acme/*"] },
  { host: "docker.io", repositories: ["Acme/Platform"] },
  { host: "quay.io" },
];

describe("the right to ask a registry with the server's credentials", () => {
  it.each([
    ["acme", "gitops", "ghcr.io/acme/webapp"],
    ["acme", "platform", "nginx"],
    ["other", "gitops", "quay.io/acme/webapp"],
    ["other", "gitops", "registry.example.com/acme/webapp"],
  ])("%s/%s may ask for %s", (owner, name, image) => {
    expect(() => assertMayAsk(rights, { owner, name }, image)).not.toThrow();
  });

  it.each([
    ["other", "gitops", "ghcr.io/acme/webapp"],
    ["acme", "gitops", "nginx"],
    ["acme", "gitops", "index.docker.io/library/nginx"],
  ])("%s/%s may not ask for %s", (owner, name, image) => {
    const asking = () => assertMayAsk(rights, { owner, name }, image);
    expect(asking).toThrowError(expect.objectContaining({ kind: "permission" }));
  });
});
