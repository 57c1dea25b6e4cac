import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { type Api, messageOf } from "../../../sandbox/cluster/api.ts";
import type { RunningControlPlane } from "../../../sandbox/cluster/control-plane.ts";

/** An object as it is sent. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** The path of an object. The plurals of all kinds here are regular. */
export function pathOf({ apiVersion, kind, metadata }: ApiObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${group}${place}/${plural(kind)}/${metadata.name}`;
}

function plural(kind: string): string {
  const name = kind.toLowerCase();
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Applies an object on the server; throws its words unless it takes it. */
export async function applyObject(api: Api, body: ApiObject): Promise<void> {
  const contentType = "application/apply-patch+yaml";
  const path = `${pathOf(body)}?fieldManager=sluice-tests&force=true&fieldValidation=Strict`;
  const answer = await api.send("PATCH", path, { body, contentType });
  if (answer.status !== 200 && answer.status !== 201) throw new Error(messageOf(answer));
}

const definition = z.object({ metadata: z.object({ name: z.string() }) });
const established = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
});

/** Defines the kinds of a folder, and waits until they are served. */
export async function applyDefinitions({ api, until }: RunningControlPlane, folder: string): Promise<void> {
  const documents = readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((one): unknown => one.toJS()),
  );
  await Promise.all(
    documents.map(async (body) => {
      const { name } = definition.parse(body).metadata;
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
      const contentType = "application/apply-patch+yaml";
      const answer = await api.send("PATCH", `${path}?fieldManager=sluice-tests`, { body, contentType });
      if (answer.status !== 201) throw new Error(messageOf(answer));
      await until(`${name} is served`, async () => {
        const { data } = established.safeParse((await api.send("GET", path)).body);
        return data?.status.conditions.some(({ type, status }) => type === "Established" && status === "True");
      });
    }),
  );
}
