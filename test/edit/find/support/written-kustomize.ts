import fc from "fast-check";

type Files = Readonly<Record<string, string>>;

const names = ["web", "ghcr.io/acme/web", "localhost:5000/api", "redis"] as const;
const name = fc.constantFrom(...names);
const tag = fc.constantFrom("1.0.0", "v2", "1.10", "2024-01-02", "1e3", "latest", "0123456");
const digest = fc.constantFrom("a", "b", "7").map((figure) => `sha256:${figure.repeat(64)}`);

/** A version as people want it: a tag, a digest, or both. */
export const version = fc.oneof(
  fc.record({ tag, digest: fc.constant("") }),
  fc.record({ tag: fc.constant(""), digest }),
  fc.record({ tag, digest }),
);

const quoted = fc.constantFrom<(text: string) => string>(
  (text) => JSON.stringify(text),
  (text) => `'${text}'`,
);
/** Tags that look like numbers are quoted, as kustomize demands. */
const plainly = fc.constant((text: string) => (/^[0-9.e-]+$/.test(text) && text !== "1.0.0" ? `"${text}"` : text));
const quote = fc.oneof(quoted, plainly);

const reference = fc
  .tuple(name, fc.option(version, { nil: { tag: "", digest: "" } }), quote)
  .map(([image, { tag: t, digest: d }, write]) => write(`${image}${t && `:${t}`}${d && `@${d}`}`));

function deployment(images: readonly string[]): string {
  const containers = images.map((image, index) => `        - name: c${index} # ${index}\n          image: ${image}\n`);
  const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";
  return `${head}spec:\n  template:\n    spec:\n      containers:\n${containers.join("")}`;
}

const item = fc
  .record({
    name,
    newName: fc.option(name, { nil: undefined }),
    version: fc.option(version, { nil: undefined }),
    quote,
  })
  .map(({ name: matches, newName, version: wanted, quote: write }) => {
    const entries = Object.entries({ name: matches, newName, newTag: wanted?.tag, digest: wanted?.digest });
    return entries.flatMap(([key, text]) => (text === undefined || text === "" ? [] : [`${key}: ${write(text)}`]));
  });

const images = fc.tuple(fc.array(item, { maxLength: 3 }), fc.boolean()).map(([items, flow]) => {
  if (items.length === 0) return "";
  return flow
    ? `images: [${items.map((fields) => `{${fields.join(", ")}}`).join(", ")}]\n`
    : `images:\n${items.map((fields) => `  # next\n  - ${fields.join("\n    ")}\n`).join("")}`;
});

/** A patch of the first container, and what says so in the kustomization. */
const patch = fc.option(fc.tuple(reference, fc.constantFrom("file", "inline", "json")), { nil: undefined });

function patching(file: string, made: readonly [string, string] | undefined): { lines: string; files: Files } {
  if (made === undefined) return { lines: "", files: {} };
  const [image, kind] = made;
  const merge = deployment([image]);
  if (kind === "file") return { lines: `patches:\n  - path: ${file}\n`, files: { [file]: merge } };
  if (kind === "inline")
    return { lines: `patches:\n  - patch: |-\n${merge.replaceAll(/^(?=.)/gm, "      ")}\n`, files: {} };
  const operation = `- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: ${image}\n`;
  return { lines: `patches:\n  - target: { kind: Deployment }\n    path: ${file}\n`, files: { [file]: operation } };
}

function below(folder: string, { lines, files }: { lines: string; files: Files }, head: string, end: string): Files {
  const inside = Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]);
  return { [`${folder}/kustomization.yaml`]: head + lines + end, ...Object.fromEntries(inside) };
}

/** An overlay `o` over a base `b`, with a component `c`: images set in every way, on every level. */
export const overlays: fc.Arbitrary<Files> = fc
  .record({
    containers: fc.array(reference, { minLength: 1, maxLength: 3 }),
    base: fc.tuple(patch, images),
    component: fc.option(fc.tuple(patch, images), { nil: undefined }),
    overlay: fc.tuple(patch, images),
    newline: fc.constantFrom("\n", "\r\n"),
  })
  .map(({ containers, base, component, overlay, newline }) => {
    const own = below(
      "o",
      patching("p.yaml", overlay[0]),
      `resources: [../b]\n${component === undefined ? "" : "components: [../c]\n"}`,
      overlay[1],
    );
    const head = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: { canary: web }\n";
    return {
      "b/d.yaml": deployment(containers),
      ...below("b", patching("p.yaml", base[0]), "resources: [d.yaml]\n", base[1]),
      ...(component && below("c", patching("p.yaml", component[0]), head, component[1])),
      ...own,
      "o/kustomization.yaml": (own["o/kustomization.yaml"] ?? "").replaceAll("\n", newline),
    };
  });
