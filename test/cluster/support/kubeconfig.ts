import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Access } from "../../../sandbox/cluster/access.ts";

const text = z.string().optional();
const kubeconfig = z.object({
  "current-context": z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.string(),
        "certificate-authority": text,
        "certificate-authority-data": text,
        "insecure-skip-tls-verify": z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        token: text,
        tokenFile: text,
        "client-certificate": text,
        "client-certificate-data": text,
        "client-key": text,
        "client-key-data": text,
      }),
    }),
  ),
});

/** The access that the current context of a kubeconfig gives: by token or by client certificate. */
export function accessOf(path: string): Access {
  const config = kubeconfig.parse(parse(readFileSync(path, "utf8")));
  const context = named(config.contexts, config["current-context"]).context;
  const { cluster } = named(config.clusters, context.cluster);
  const { user } = named(config.users, context.user);
  const pem = (data: string | undefined, file: string | undefined): string | undefined =>
    data === undefined ? contentOf(path, file) : Buffer.from(data, "base64").toString("utf8");
  const access = {
    server: cluster.server,
    ca: pem(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    insecure: cluster["insecure-skip-tls-verify"],
    token: user.token ?? contentOf(path, user.tokenFile)?.trim(),
    certificate: pem(user["client-certificate-data"], user["client-certificate"]),
    key: pem(user["client-key-data"], user["client-key"]),
    kubeconfig: path,
    own: false,
  };
  if (access.token !== undefined || access.certificate !== undefined) return access;
  throw new Error(`${path}: the tests take tokens and client certificates only, and user ${context.user} has neither`);
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the kubeconfig names ${name}, which it does not have`);
  return found;
}

/** A file's content; paths in a kubeconfig are relative to it. */
function contentOf(kubeconfigPath: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(resolve(dirname(kubeconfigPath), file), "utf8");
}
