/** An object as a test writes it, without its namespace. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: keyof typeof plurals;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}

const plurals = {
  ConfigMap: "configmaps",
  Deployment: "deployments",
  Job: "jobs",
  Role: "roles",
  RoleBinding: "rolebindings",
  ServiceAccount: "serviceaccounts",
} as const;

/** The path of an object in a namespace. */
export function pathOf({ apiVersion, kind, metadata }: Manifest, namespace: string): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}/namespaces/${namespace}/${plurals[kind]}/${metadata.name}`;
}

/** What the Pods of a workload are like. */
export interface PodOptions {
  readonly image: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/** A Deployment of one Pod, which is given up after five seconds: the default is ten minutes. */
export function deployment(name: string, pod: PodOptions): Manifest {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      progressDeadlineSeconds: 5,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(name, pod) },
    },
  };
}

/** A Job that tries once. */
export function job(name: string, pod: PodOptions): Manifest {
  const spec = { ...podSpec(name, pod), restartPolicy: "Never" };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { backoffLimit: 0, template: { spec } } };
}

/** A ConfigMap. */
export function configMap(name: string, data: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data };
}

function podSpec(name: string, { image, nodeSelector }: PodOptions): object {
  return { containers: [{ name, image }], ...(nodeSelector && { nodeSelector }) };
}
