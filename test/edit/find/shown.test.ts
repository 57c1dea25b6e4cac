import { describe, expect, it } from "vitest";
import { documentAt, parseYaml, shownImages } from "../../../src/edit/index.ts";
import { digestOf } from "./support/repository.ts";

const digest = digestOf("1");

/** The images that an object shows, with the paths of their parts as text. */
function shown(text: string) {
  const object = documentAt(parseYaml("r.yaml", Buffer.from(text)), 0);
  if (object === undefined) throw new Error("there is no object");
  return shownImages(object).map(({ image, ...places }) => ({
    image: `${image.name}|${image.tag}|${image.digest}`,
    ...Object.fromEntries(Object.entries(places).map(([key, at]) => [key, Array.isArray(at) ? at.join(".") : at])),
  }));
}

describe("the images that an object of a render shows", () => {
  it("are those with a version, of containers and volumes", () => {
    const pod = `kind: Pod
spec:
  containers: [{ name: a, image: 'web:1' }, { name: b, image: 'db@${digest}' }, { name: c, image: plain }]
  volumes: [{ name: v, image: { reference: 'data:1' } }]
  other: { image: '{{ x }}' }
`;
    expect(shown(pod)).toEqual([
      { image: "web|1|", whole: "spec.containers.0.image" },
      { image: `db||${digest}`, whole: "spec.containers.1.image" },
      { image: "data|1|", whole: "spec.volumes.0.image.reference", volume: "volume v" },
    ]);
  });

  it("may be in parts that have a text", () => {
    const widget = `kind: Widget
a: { image: { repository: web, tag: '1', digest: '' } }
b: { image: { repository: web, tag: '', digest: '${digest}' } }
c: { image: { repository: web, tag: '' } }
d: { image: { tag: '1' } }
`;
    expect(shown(widget)).toEqual([
      { image: "web|1|", tag: "a.image.tag" },
      { image: `web||${digest}`, digest: "b.image.digest" },
    ]);
  });

  it("may be in a text, and behind another name", () => {
    const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    chart: web
    targetRevision: 1.0.0
    kustomize: { images: ['app=web:1', 'db:2'] }
    helm: { values: "image: api:1" }
`;
    expect(shown(application)).toEqual([
      { image: "web|1|", whole: "spec.source.kustomize.images.0", before: "app=" },
      { image: "db|2|", whole: "spec.source.kustomize.images.1", before: "" },
      { image: "api|1|", whole: "image", heldIn: "spec.source.helm.values" },
    ]);
  });
});
