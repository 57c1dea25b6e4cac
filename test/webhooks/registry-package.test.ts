import { describe, expect, it } from "vitest";
import { HANDLED } from "../../src/webhooks/register.ts";
import { registryPackageJobs } from "../../src/webhooks/registry-package.ts";
import { sample } from "./samples.ts";

const APP = 42;
const delivery = { id: "40731f00-2623-11ec-8a58-45788bc19979", at: Date.UTC(2026, 10, 23, 9) };
const digest = `sha256:${"6c62fb45fe66bfb1".repeat(4)}`;

/**
 * `registry_package` as octokit/webhooks has it in payload-examples/api.github.com/registry_package, with the type that
 * container images really have.
 */
function published(version: Record<string, unknown> = {}, more: Record<string, unknown> = {}, action = "published") {
  return sample("registry_package", action, {
    registry_package: {
      name: "hello-world",
      namespace: "Codertocat",
      ecosystem: "CONTAINER",
      package_type: "CONTAINER",
      package_version: {
        version: digest,
        name: digest,
        container_metadata: { tag: { name: "v1.2.3", digest }, manifest: { digest } },
        package_url: "ghcr.io/Codertocat/hello-world:v1.2.3",
        ...version,
      },
      ...more,
    },
  });
}

const jobs = (payload: unknown) => registryPackageJobs(payload, APP, delivery);
const push = (image: string, tag = "v1.2.3", of: string | undefined = digest) => [
  {
    type: "registry",
    id: delivery.id,
    hook: "github",
    source: "github",
    at: delivery.at,
    pushes: [{ image, tag, ...(of !== undefined && { digest: of }) }],
  },
];

describe("registry_package", () => {
  it("of a container image is a registry event, known by the delivery's id, its name in lower case", () => {
    expect(jobs(published())).toEqual(push("ghcr.io/codertocat/hello-world"));
    expect(jobs(published({}, {}, "updated"))).toEqual(push("ghcr.io/codertocat/hello-world"));
  });

  it("of a manifest without a tag is nothing: its name and its version are digests", () => {
    const container_metadata = { tag: { name: "", digest }, manifest: { digest } };
    const package_url = "ghcr.io/Codertocat/hello-world:";
    expect(jobs(published({ container_metadata, package_url }))).toEqual([]);
    expect(jobs(published({ container_metadata: { tag: {} }, package_url }))).toEqual([]);
    expect(jobs(published({ container_metadata: {} }))).toEqual([]);
  });

  it("has the address without its tag, even when it ends with a colon or names another tag", () => {
    for (const url of [
      "ghcr.io/Codertocat/hello-world:",
      "ghcr.io/Codertocat/hello-world",
      "ghcr.io/Codertocat/hello-world:latest",
    ])
      expect(jobs(published({ package_url: url }))).toEqual(push("ghcr.io/codertocat/hello-world"));
  });

  it("has its name put together where there is no address, with the slashes in it", () => {
    expect(jobs(published({ package_url: "" }, { name: "tools/hello-world" }))).toEqual(
      push("ghcr.io/codertocat/tools/hello-world"),
    );
  });

  it("of GitHub Enterprise Server has its host", () => {
    expect(jobs(published({ package_url: "containers.github.example.com/acme/web:v1.2.3" }))).toEqual(
      push("containers.github.example.com/acme/web"),
    );
  });

  it("has the manifest's digest where the tag has none, and none that is cut short", () => {
    const tagged = (tag: object, manifest: object | null) => published({ container_metadata: { tag, manifest } });
    const image = "ghcr.io/codertocat/hello-world";
    expect(jobs(tagged({ name: "v1.2.3" }, { digest }))).toEqual(push(image));
    const none = jobs(tagged({ name: "v1.2.3", digest: "sha256:6c62fb45" }, null));
    expect(none).toEqual([{ ...push(image)[0], pushes: [{ image, tag: "v1.2.3" }] }]);
  });

  it("of another kind of package is nothing", () => {
    expect(jobs(published({}, { package_type: "npm", ecosystem: "npm" }))).toEqual([]);
    expect(jobs(published({}, { package_type: "docker", ecosystem: "docker" }))).toHaveLength(1);
  });

  it("with a name that no image can have says so in the log", () => {
    expect(jobs(published({ package_url: "ghcr.io/a b/c" }))).toEqual([
      expect.objectContaining({ pushes: [], ignored: "the package has no name that an image can have" }),
    ]);
  });
});

describe("package", () => {
  it("of an organization's webhook is the same under its other name", () => {
    const { registry_package: about, ...rest } = published();
    const payload = { ...rest, package: about };
    expect(HANDLED.package(payload, APP, delivery)).toEqual(push("ghcr.io/codertocat/hello-world"));
    expect(HANDLED.package({ ...payload, action: "deleted" }, APP, delivery)).toEqual([]);
  });
});
