import { describe, expect, it } from "vitest";
import { z } from "zod";
import { startCheckedGitHub } from "../support/local-github.ts";
import { useLocalGitHub } from "./support/suite.ts";

const suite = useLocalGitHub();
const DIGEST = `sha256:${"a".repeat(64)}`;

const payload = z.object({
  registry_package: z.object({
    name: z.string(),
    namespace: z.string(),
    package_type: z.string(),
    package_version: z.object({
      version: z.string(),
      package_url: z.string(),
      container_metadata: z.object({
        tag: z.object({ name: z.string(), digest: z.string() }),
        labels: z.object({ all_labels: z.record(z.string(), z.string()) }),
      }),
    }),
  }),
  repository: z.object({ full_name: z.string() }),
  installation: z.object({ id: z.number() }),
});

function last(github = suite.github) {
  const event = github.events.at(-1);
  expect(event).toMatchObject({ event: "registry_package", action: "published" });
  return payload.parse(event?.payload);
}

describe("a container package", () => {
  it("is told with its tag, its digest and its labels, through the repository that it is linked to", async () => {
    const ref = await suite.repository("Shop");
    const labels = {
      "org.opencontainers.image.source": "https://github.com/acme/Shop",
      "org.opencontainers.image.revision": "0123456",
      maintainer: "ada",
    };
    suite.github.publishPackage({ ...ref, package: "shop/api", tag: "1.2.3", digest: DIGEST, labels, by: "ada" });
    const told = last();
    expect(told.registry_package).toMatchObject({ name: "shop/api", namespace: "acme", package_type: "CONTAINER" });
    expect(told.registry_package.package_version).toEqual({
      version: DIGEST,
      package_url: "ghcr.io/acme/shop/api:1.2.3",
      container_metadata: { tag: { name: "1.2.3", digest: DIGEST }, labels: { all_labels: labels } },
    });
    expect(told.repository.full_name).toBe("acme/Shop");
    expect(told.installation.id).toBe(suite.github.installationId);
  });

  it("is told without a tag where none names it, as a part of an index", async () => {
    const ref = await suite.repository("Plain");
    suite.github.publishPackage({ ...ref, digest: DIGEST, host: "containers.example.com" });
    const { name, package_version: version } = last().registry_package;
    expect([name, version.package_url, version.container_metadata.tag.name]).toEqual([
      "plain",
      "containers.example.com/acme/plain:",
      "",
    ]);
  });

  it("is told to nobody who may not read packages", async () => {
    const github = await startCheckedGitHub({ app: { permissions: { contents: "read" } } });
    const ref = await github.createRepository({ owner: "acme", name: "shop", files: { a: "1" } });
    github.publishPackage({ ...ref, tag: "1", digest: DIGEST });
    expect(github.events.map((one) => one.event)).not.toContain("registry_package");
    await github.close();
  });
});

describe("a new repository", () => {
  it("is told to the app that is installed on all of the account's", async () => {
    const { owner, name } = await suite.repository("told");
    const told = suite.github.events.find(
      (one) => one.event === "installation_repositories" && JSON.stringify(one.payload).includes('"acme/told"'),
    );
    expect(told?.payload).toMatchObject({
      action: "added",
      repository_selection: "all",
      installation: { id: suite.github.installationOf(owner) },
      repositories_added: [{ name, full_name: "acme/told" }],
      repositories_removed: [],
    });
  });
});
