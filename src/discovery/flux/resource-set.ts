import { isJsonObject, type JsonObject } from "../../model/json.ts";
import type { Followed, KnownObject, World } from "../follower.ts";
import { unusableInput } from "../mounting.ts";

/** The API group of the Flux operator. */
export const operatorGroup = "fluxcd.controlplane.io";

const rendering = ["inputStrategy", "inputs", "resources", "resourcesTemplate", "steps", "commonMetadata"];

/**
 * What the Flux operator makes of a `ResourceSet`. Inputs of providers of the type `Static` are known; what others ask
 * the world for is missing.
 */
export function followResourceSet(object: KnownObject, world: World): Followed {
  const { spec } = object.object;
  const own = isJsonObject(spec) ? spec : {};
  const set = { metadata: { name: object.name, namespace: object.namespace }, spec: pickSpec(own) };
  const providers = providersOf(own, object, world);
  const missing = providers.flatMap((provider) =>
    typeof provider === "string" ? [unusableInput(provider, object)] : [],
  );
  const inputs = providers.flatMap((provider) => (typeof provider === "string" ? [] : [provider]));
  return {
    unit: {
      render: {
        ...{ kind: "resourceset", path: "", options: { set, ...(inputs.length === 0 ? {} : { inputs }) } },
        ...(missing.length === 0 ? {} : { missing }),
      },
      kind: "ResourceSet",
      ...(world.cluster === undefined ? {} : { destination: { cluster: world.cluster } }),
      handling: { suspended: false, automated: true, prune: true, selfHeal: true },
    },
  };
}

function pickSpec(spec: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => rendering.includes(name)));
}

/** The inputs of the providers that `inputsFrom` names, or why there are none. */
function providersOf(spec: JsonObject, { namespace }: KnownObject, world: World): readonly (JsonObject | string)[] {
  const references = Array.isArray(spec.inputsFrom) ? spec.inputsFrom : [];
  const all = world.objects(operatorGroup, "ResourceSetInputProvider").filter((one) => one.namespace === namespace);
  return references.flatMap((reference): readonly (JsonObject | string)[] => {
    if (!isJsonObject(reference)) return [];
    if (typeof reference.name !== "string") {
      const selected = all.filter(({ object }) => matches(reference.selector, object));
      return selected.length === 0 ? ["its providers of inputs are not declared here"] : selected.map(inputsOf);
    }
    const found = all.find(({ name }) => name === reference.name);
    return [
      found === undefined ? `the provider of inputs \`${reference.name}\` is not declared here` : inputsOf(found),
    ];
  });
}

function matches(selector: unknown, { metadata }: JsonObject): boolean {
  const wanted = isRecord(selector) && isRecord(selector.matchLabels) ? selector.matchLabels : {};
  const labels = isRecord(metadata) && isRecord(metadata.labels) ? metadata.labels : {};
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function inputsOf({ object: { spec }, name }: KnownObject): JsonObject | string {
  if (!isJsonObject(spec) || spec.type !== "Static")
    return `the provider of inputs \`${name}\` asks another service, which Sluice does not`;
  return isJsonObject(spec.defaultValues) ? { ...spec.defaultValues, provider: { name } } : {};
}
