import { describe, expect, it } from "vitest";
import { imageUses, useKey } from "../../src/change/images/image-uses.ts";
import { type Expectation, prove } from "../../src/change/proof/prove.ts";
import { versionForms } from "../../src/change/proof/text.ts";
import { toItems } from "../../src/diff/item.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Resource } from "../../src/model/render.ts";

interface Parts {
  readonly image?: string;
  readonly sidecar?: string;
  readonly label?: string;
  readonly replicas?: number;
  readonly checksum?: string;
  readonly settings?: string;
}

function web(parts: Parts = {}): Resource {
  const { image = "acme/web:1.3.0", sidecar = "acme/proxy:1.3.0", label = "1.3.0", replicas = 2 } = parts;
  const { checksum = "a".repeat(64), settings = "settings-7h2k4m9bct" } = parts;
  return {
    object: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "prod", labels: { "app.kubernetes.io/version": label } },
      spec: {
        replicas,
        template: {
          metadata: { annotations: { "checksum/config": checksum } },
          spec: {
            containers: [
              { name: "web", image, envFrom: [{ configMapRef: { name: settings } }] },
              { name: "proxy", image: sidecar },
            ],
          },
        },
      },
    },
  };
}

function configMap(name: string, data: JsonObject): Resource {
  return { object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "prod" }, data } };
}

/** Expects the image of `web` to become 1.4.0. */
function expectation(before: readonly Resource[], beyond: Expectation["beyond"] = "nothing"): Expectation {
  const uses = imageUses(toItems(before)).filter(({ name }) => name === "acme/web");
  return {
    images: new Map(uses.map((use) => [useKey(use), "acme/web:1.4.0"])),
    names: new Map([["acme/web", "acme/web:1.4.0"]]),
    texts: versionForms("1.3.0", "1.4.0"),
    beyond,
  };
}

function unexplained(before: readonly Resource[], after: readonly Resource[], beyond?: Expectation["beyond"]) {
  return prove(before, after, expectation(before, beyond)).unexplained;
}

describe("the proof of a plan", () => {
  const before = [web()];
  const image = "acme/web:1.4.0";

  it("holds when exactly the planned image changes", () => {
    expect(unexplained(before, [web({ image })])).toEqual([]);
  });

  it("holds when the version in a label, a checksum or the text of a ConfigMap follows", () => {
    const both = (version: string, checksum: string) => [
      web({ image: `acme/web:${version}`, label: version, checksum }),
      configMap("notes", { "about.txt": `web ${version}\n` }),
    ];
    expect(unexplained(both("1.3.0", "a".repeat(64)), both("1.4.0", "b".repeat(64)))).toEqual([]);
  });

  it("holds when the hash in a generated name and its references follow", () => {
    const [old, fresh] = ["settings-7h2k4m9bct", "settings-2g6f8d4thk"];
    expect(
      unexplained(
        [web(), configMap(old, { version: "1.3.0" })],
        [web({ image, settings: fresh }), configMap(fresh, { version: "1.4.0" })],
      ),
    ).toEqual([]);
  });

  it("holds when a Job that is named by the version gets the new name", () => {
    const job = (version: string): Resource => ({
      object: {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: `migrate-${version.replaceAll(".", "-")}`, namespace: "prod" },
        spec: { template: { spec: { containers: [{ name: "migrate", image: `acme/web:${version}` }] } } },
      },
    });
    expect(unexplained([job("1.3.0")], [job("1.4.0")])).toEqual([]);
  });

  it("holds when the version stands in a Secret, in base64", () => {
    const secret = (version: string): Resource => ({
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "env", namespace: "prod" },
        data: { "app.env": Buffer.from(`KEY=1\nVERSION=${version}\n`).toString("base64") },
      },
    });
    expect(unexplained([web(), secret("1.3.0")], [web({ image }), secret("1.4.0")])).toEqual([]);
  });

  it("lists a field that changes besides, without its value", () => {
    expect(unexplained(before, [web({ image, replicas: 5 })])).toEqual(["Deployment/prod/web /spec/replicas"]);
  });

  it("lists an image that nobody planned, though its tag changes in the same way", () => {
    expect(unexplained(before, [web({ image, sidecar: "acme/proxy:1.4.0" })])).toEqual([
      "Deployment/prod/web /spec/template/spec/containers/1/image",
    ]);
  });

  it("lists an image that stays, or becomes something else", () => {
    const path = "Deployment/prod/web /spec/template/spec/containers/0/image";
    expect(unexplained(before, before)).toEqual([`${path} does not become what was planned`]);
    expect(unexplained(before, [web({ image: "acme/web:1.5.0" })])).toContain(path);
    expect(unexplained(before, [web({ image: "other/web:1.4.0" })])).toContain(path);
  });

  it("lists resources that come and go", () => {
    const extra = configMap("extra", { a: "1" });
    expect(unexplained(before, [web({ image }), extra])).toEqual(["ConfigMap/prod/extra is added"]);
    expect(unexplained([...before, extra], [web({ image })])).toEqual(["ConfigMap/prod/extra is removed"]);
  });

  it("lets every field that is no image change where a named value was carried", () => {
    expect(unexplained(before, [web({ image, replicas: 5 })], "values")).toEqual([]);
    expect(unexplained(before, [web({ image, sidecar: "acme/proxy:9" })], "values")).toHaveLength(1);
  });

  it("lets everything change with a chart's version but the planned images", () => {
    const other = [web({ image, replicas: 5, sidecar: "acme/proxy:9" }), configMap("extra", {})];
    expect(unexplained(before, other, "everything")).toEqual([]);
    expect(unexplained(before, [web({ image: "acme/web:9" })], "everything")).not.toEqual([]);
  });
});
