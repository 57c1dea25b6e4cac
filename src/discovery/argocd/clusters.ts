import { z } from "zod";
import type { GeneratorCluster } from "../../model/controller-spec.ts";
import type { Destination } from "../../model/declaration.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Application } from "./schema.ts";

const typeLabel = "argocd.argoproj.io/secret-type";

/** Annotations that are the API server's or Argo CD's own. */
const systemAnnotations = ["kubectl.kubernetes.io/last-applied-configuration", "managed-by"];

const words = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

/** `config` holds the credentials: it is not even looked at. */
const secretSchema = z.object({
  kind: z.literal("Secret"),
  metadata: z.object({ labels: words, annotations: words }),
  data: z.object({ name: z.string(), server: z.string(), project: z.string() }).partial().nullish(),
  stringData: z.object({ name: z.string(), server: z.string(), project: z.string() }).partial().nullish(),
});

/** The cluster that a Secret declares to Argo CD, without its credentials; `undefined` for other objects. */
export function clusterOf(object: JsonObject): GeneratorCluster | undefined {
  const { data: secret } = secretSchema.safeParse(object);
  if (secret?.metadata.labels[typeLabel] !== "cluster") return undefined;
  const field = (key: "name" | "server" | "project"): string =>
    secret.stringData?.[key] ?? Buffer.from(secret.data?.[key] ?? "", "base64").toString();
  const [name, server, project] = [field("name"), trimmed(field("server")), field("project")];
  if (server === "") return undefined;
  const { [typeLabel]: _, ...labels } = secret.metadata.labels;
  const annotations = Object.fromEntries(
    Object.entries(secret.metadata.annotations).filter(([key]) => !systemAnnotations.includes(key)),
  );
  return { name: name || server, server, ...(project !== "" && { project }), labels, annotations };
}

/** The cluster that Argo CD itself runs in. */
export const inCluster = { name: "in-cluster", server: "https://kubernetes.default.svc" };

/** Where an Application is deployed to, with the name of its cluster where one is known; a text says what is wrong. */
export function destinationOf(
  { spec }: Pick<Application, "spec">,
  clusters: readonly GeneratorCluster[],
): Destination | string {
  const { name, namespace } = spec.destination;
  const server = trimmed(spec.destination.server);
  if (name !== "" && server !== "") return `its destination has both a name, \`${name}\`, and a server, \`${server}\``;
  if (name === "" && server === "") return "its destination has neither a name nor a server";
  const known = [...clusters, inCluster];
  const cluster = name || known.find((one) => trimmed(one.server) === server)?.name;
  const address = server || known.find((one) => one.name === name)?.server;
  return {
    ...(cluster !== undefined && { cluster }),
    ...(address !== undefined && { server: trimmed(address) }),
    ...(namespace !== "" && { namespace }),
  };
}

function trimmed(server: string): string {
  return server.replace(/\/+$/, "");
}
