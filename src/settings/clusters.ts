import { z } from "zod";
import type { ClusterEntry } from "../model/deploy.ts";
import type { ClusterAccess } from "../model/kube.ts";

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const repository = /^[A-Za-z0-9*][A-Za-z0-9*-]*\/[A-Za-z0-9._*-]+$/;
const kind = /^(\*|[A-Z][A-Za-z0-9]*)(\.[a-z0-9*.-]+)?$/;
const namespacePattern = /^(?:[-a-z0-9*]|\{app\}|\{environment\})+$/;
/** Of names that the repository chooses, what is left is no text of the operator's. */
const placeholdersAlone = /^(?=.*\{)(?:\{app\}|\{environment\}|[*-])+$/;

const list = (item: z.ZodString) => z.array(item).min(1);

const kinds = (description: string, examples: readonly (readonly string[])[]) =>
  list(z.string().regex(kind, "must be `Kind` for the core group or `Kind.group`, such as Deployment.apps"))
    .optional()
    .meta({ description, examples: [...examples] });

/** Patterns of namespaces. A repository chooses the names of its apps and environments itself. */
const namespaces = list(
  z
    .string()
    .regex(namespacePattern, "must be a namespace, in which * and {app} and {environment} may stand")
    .refine(
      (text) => !placeholdersAlone.test(text),
      "lets the repository choose any namespace: add text of your own, such as shop-{app}, or write * if you mean it",
    ),
).meta({
  description:
    "Namespaces that are open to it. `*` is any text; `{app}` and `{environment}` are their names, which the repository chooses. Only its full name opens a namespace that begins with `kube-`.",
  examples: [["shop-prod", "shop-prod-{app}"]],
});

const grant = z.strictObject({
  repositories: list(z.string().regex(repository, "must be owner/name, in which * may stand")).meta({
    description: "GitOps repositories (`owner/name`, with `*`) that this entry is for.",
    examples: [["acme/shop"]],
  }),
  environments: list(z.string().min(1)).meta({
    description: "Names of their environments, with `*`.",
    examples: [["prod", "prod-*"]],
  }),
  namespaces,
  kinds: kinds(
    "Kinds in these namespaces that are open to it: `Kind` for the core group, else `Kind.group`, with `*`. Default: all.",
    [["Deployment.apps", "Service", "*.networking.k8s.io"]],
  ),
  clusterKinds: kinds(
    "Kinds without a namespace that are open to it. Default: none. A `Namespace` must be in `namespaces` too.",
    [["Namespace", "ClusterIssuer.cert-manager.io"]],
  ),
  serviceAccount: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "must be namespace/name")
    .optional()
    .meta({
      description:
        "Service account (`namespace/name`) that Sluice impersonates, so that the cluster's own RBAC decides too. Without one Sluice acts with its own rights, and kinds of `rbac.authorization.k8s.io` must be listed by their full name.",
      examples: ["shop-prod/deployer"],
    }),
});

const kubeconfig = z.strictObject({
  file: z
    .string()
    .min(1)
    .meta({ description: "Path of the kubeconfig.", examples: ["/etc/sluice/prod.kubeconfig"] }),
  context: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Its context. Default: the current one.", examples: ["prod"] }),
  exec: z
    .boolean()
    .default(false)
    .meta({ description: "Run the program that the kubeconfig names for credentials.", examples: [true] }),
});

/** How the operator wrote that Sluice gets in. Exactly one way. */
interface WrittenAccess {
  readonly kubeconfig?: z.output<typeof kubeconfig> | undefined;
  readonly inCluster?: true | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly ca?: string | undefined;
}

/** Problems with the ways in: they exclude each other. */
function accessProblems({ kubeconfig: file, inCluster, server, token, ca }: WrittenAccess): readonly string[] {
  const ways = [file, inCluster, server ?? token].filter((way) => way !== undefined);
  if (ways.length === 0) return ["has no access: give kubeconfig, inCluster, or server and token"];
  if (ways.length > 1) return ["has several ways in: keep kubeconfig, inCluster, or server and token"];
  const problems = (server === undefined) === (token === undefined) ? [] : ["has only one of server and token"];
  return ca !== undefined && server === undefined
    ? [...problems, "has a ca, which belongs to server and token"]
    : problems;
}

function accessOf({ kubeconfig: file, server, token, ca }: WrittenAccess): ClusterAccess {
  if (file !== undefined) return { kind: "kubeconfig", path: file.file, context: file.context, exec: file.exec };
  if (server === undefined || token === undefined) return { kind: "in-cluster" };
  return { kind: "token", server, token, ca };
}

/** An entry of `clusters` in the server settings. `secret` reads a reference to a secret. */
export const clusterSchema = (secret: z.ZodType<string, unknown>) =>
  z
    .strictObject({
      name: z
        .string()
        .regex(label, "must be small letters, digits and dashes, at most 63")
        .meta({ description: "Name of the cluster, as `deploy.cluster` in `.sluice.yaml`.", examples: ["prod"] }),
      kubeconfig: kubeconfig.optional().meta({
        description:
          "A kubeconfig. It is read when the cluster is first needed, and again when that refuses the credentials.",
        examples: [{ file: "/etc/sluice/prod.kubeconfig", context: "prod" }],
      }),
      inCluster: z
        .literal(true)
        .optional()
        .meta({ description: "The cluster that Sluice runs in, as its Pod's service account.", examples: [true] }),
      server: z
        .url({ protocol: /^https$/, error: "must be an https URL" })
        .optional()
        .meta({ description: "Address of the API server, with `token`.", examples: ["https://10.0.0.1:6443"] }),
      token: secret.optional().meta({
        description: "Bearer token for `server`.",
        examples: [{ file: "/run/secrets/prod-token" }],
      }),
      ca: secret.optional().meta({
        description: "Certificate authority of `server` (PEM). Default: the usual ones.",
        examples: [{ file: "/etc/sluice/prod-ca.pem" }],
      }),
      namespace: z
        .string()
        .regex(label, "must be a namespace")
        .default("sluice")
        .meta({
          description:
            "Namespace in which Sluice keeps what it knows of its deploys by `apply`. It must exist for them. No repository can write there.",
          examples: ["sluice"],
        }),
      allow: z.array(grant).min(1).meta({
        description: "Who may have what there. The first entry for a repository and environment counts.",
      }),
    })
    .check((context) => {
      for (const message of accessProblems(context.value))
        context.issues.push({ code: "custom", message, input: context.value.name });
    })
    .transform(({ name, namespace, allow, ...written }): ClusterEntry => {
      return { name, namespace, grants: allow, access: accessOf(written) };
    });
