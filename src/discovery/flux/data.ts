import type { KnownObject, World } from "../follower.ts";
import { dataSchema } from "./schema.ts";

/** The texts of a ConfigMap or a Secret by key; a value that only the cluster can read is `undefined`. */
export type Texts = ReadonlyMap<string, string | undefined>;

/** What the ConfigMap or Secret of this name holds; `undefined` where nothing of the cluster's renders declares it. */
export function textsOf(world: World, kind: string, namespace: string, name: string): Texts | undefined {
  const found = world.object({ group: "", kind, namespace, name });
  return found === undefined ? undefined : textsIn(found);
}

function textsIn({ kind, object }: KnownObject): Texts {
  const parsed = dataSchema.safeParse(object);
  if (!parsed.success) return new Map();
  const { data, stringData, sops } = parsed.data;
  const isEncrypted = sops !== undefined;
  const own = Object.entries(data ?? {}).map(
    ([key, value]) =>
      [key, kind === "Secret" ? decoded(clear(value, isEncrypted)) : clear(value, isEncrypted)] as const,
  );
  const added = Object.entries(stringData ?? {}).map(([key, value]) => [key, clear(value, isEncrypted)] as const);
  return new Map([...own, ...added]);
}

/** What SOPS encrypted is known by its form, also where the file's own mark was taken out. */
function clear(value: unknown, isEncrypted: boolean): string | undefined {
  if (typeof value !== "string") return undefined;
  return isEncrypted || /^ENC\[[A-Z0-9_]+,/.test(value) ? undefined : value;
}

function decoded(value: string | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}
