import { describe, expect, it } from "vitest";
import { addressesInText, policyOfTree } from "../../src/model/fetch-policy.ts";
import { addressesOf } from "../../src/model/source-address.ts";
import type { SourceRequest } from "../../src/model/sources.ts";
import { memoryTree } from "../support/memory-tree.ts";

const tree = memoryTree({
  "a/kustomization.yaml": `resources:
- https://github.com/Acme/bases//web?ref=v1.0.0
- git@gitlab.example.com:team/other.git//x?ref=v1
- https://raw.githubusercontent.com/acme/crds/v1.2.3/crds.yaml
- https://get.example.com/tools/v1.2.3/install.yaml
- https://top.example.com/v1.2.3/install.yaml
- https://one.example.com/install.yaml
images:
- name: web
  newName: registry.example.com/acme/web:1.2.3
`,
  "b/source.yaml":
    "url: oci://ghcr.io/acme/charts\nrepo: 'https://charts.example.com/stable/'\nport: https://git.example.com:8443/a/b.git\n",
  "c/instance.yaml": "artifact: oci://ghcr.io/flux/manifests:latest\n",
  "bin/program": "https://hidden.example.com/x",
});
const any = { kind: "any", text: "main" } as const;

async function may(request: SourceRequest): Promise<boolean> {
  const policy = policyOfTree(tree);
  const answers = await Promise.all(addressesOf(request).map((address) => policy.mayFetch(address)));
  return answers.includes(true);
}

describe("the policy of a base branch", () => {
  it.each<SourceRequest>([
    { kind: "git", url: "https://github.com/acme/bases.git", revision: any },
    { kind: "git", url: "git@github.com:acme/bases", revision: any },
    { kind: "git", url: "ssh://git@gitlab.example.com/team/other.git", revision: any },
    { kind: "git", url: "https://git.example.com:8443/a/b", revision: any },
    { kind: "file", url: "https://raw.githubusercontent.com/acme/crds/v9.9.9/crds.yaml" },
    { kind: "file", url: "https://github.com/acme/crds/releases/download/v2/all.yaml" },
    { kind: "file", url: "https://get.example.com/tools/v2.0.0/install.yaml" },
    { kind: "helm", repository: "https://charts.example.com/stable", chart: "redis", version: "9" },
    { kind: "oci-chart", url: "oci://ghcr.io/acme/charts/web", version: "9.0.0" },
    { kind: "file", url: "https://top.example.com/v2/install.yaml" },
    { kind: "file", url: "https://one.example.com/install.yaml" },
    { kind: "oci-artifact", url: "oci://ghcr.io/flux/manifests", tag: "v2" },
  ])("lets another version of what it uses be fetched: %o", async (request) => {
    expect(await may(request)).toBe(true);
  });

  it.each<SourceRequest>([
    { kind: "git", url: "https://github.com/acme/base", revision: any },
    { kind: "git", url: "https://github.com/acme/bases-evil", revision: any },
    { kind: "git", url: "https://github.com.evil.example/acme/bases", revision: any },
    { kind: "git", url: "https://git.example.com/a/b", revision: any },
    { kind: "file", url: "https://get.example.com/other/v2.0.0/install.yaml" },
    { kind: "helm", repository: "https://charts.example.com/incubator", chart: "redis", version: "9" },
    { kind: "helm", repository: "https://charts.example.com", chart: "redis", version: "9" },
    { kind: "oci-artifact", url: "oci://ghcr.io/evil/charts" },
    { kind: "oci-artifact", url: "oci://ghcr.io/acme" },
    { kind: "oci-chart", url: "oci://ghcr.io/evil", version: "1.0.0" },
    { kind: "oci-chart", url: "oci://ghcr.io/acme/private", version: "1.0.0" },
    { kind: "oci-artifact", url: "oci://registry.example.com/acme/web", tag: "1.2.3" },
    { kind: "oci-chart", url: "oci://registry.example.com/acme/private", version: "1.0.0" },
    { kind: "file", url: "https://charts.example.com/private.yaml" },
    { kind: "file", url: "https://one.example.com/other.yaml" },
    { kind: "file", url: "https://github.com/acme" },
    { kind: "file", url: "https://hidden.example.com/x" },
  ])("lets nothing else be fetched: %o", async (request) => {
    expect(await may(request)).toBe(false);
  });

  it.each(["a", "a.", "0123456789abcdef", "https://", "git@", "a-b.c:"])(
    "reads a text that is one long word of %j in no time that matters",
    (part) => {
      expect(addressesInText(part.repeat(1_000_000 / part.length)).length).toBeLessThan(2);
    },
    60_000,
  );
});
