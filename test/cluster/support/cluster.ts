import { afterAll, beforeAll, inject } from "vitest";
import { z } from "zod";
import type { Access } from "../../../sandbox/cluster/access.ts";
import { type Api, type ApiAnswer, type ApiRequest, connect, messageOf } from "../../../sandbox/cluster/api.ts";
import { openCluster } from "../../../src/kube/index.ts";
import type { ClusterAccess, OpenCluster } from "../../../src/model/kube.ts";
import { eventually } from "../../support/wait.ts";
import { type Manifest, pathOf } from "./manifests.ts";

/** The cluster of the test run, and a namespace of a test file's own in it. */
export interface TestCluster {
  readonly access: Access;
  readonly api: Api;
  readonly namespace: string;
  /** Whether Pods fail as their images' tags say. */
  readonly own: boolean;
  /** Applies an object into the namespace, strictly; throws the API server's words unless it takes it. */
  apply(manifest: Manifest): Promise<void>;
  /** The answer to that, whatever it is. */
  tryApply(manifest: Manifest, options?: ApiRequest): Promise<ApiAnswer>;
  /** Waits until an object is as the schema says, and gives it. */
  until<T>(what: string, manifest: Manifest, schema: z.ZodType<T>): Promise<T>;
  /** The token of a new service account, which may do nothing. */
  powerlessToken(name: string): Promise<string>;
}

/** Prepares a namespace for the tests of the file that calls this; what it gives can be used inside of tests. */
export function useCluster(): TestCluster {
  const access = inject("cluster");
  const { own } = access;
  const api = connect(access);
  let namespace = "";
  beforeAll(async () => {
    namespace = await freshNamespace(api);
  });
  afterAll(async () => {
    // One of the tests' own ends with everything in it.
    if (!own) await api.send("DELETE", `/api/v1/namespaces/${namespace}`);
    await api.close();
  });
  const tryApply = (manifest: Manifest, options: ApiRequest = {}): Promise<ApiAnswer> => {
    const query = "fieldManager=sluice-tests&force=true&fieldValidation=Strict";
    const contentType = "application/apply-patch+yaml";
    return api.send("PATCH", `${pathOf(manifest, namespace)}?${query}`, { body: manifest, contentType, ...options });
  };
  const apply = async (manifest: Manifest): Promise<void> => accepted(await tryApply(manifest));
  return {
    access,
    api,
    own,
    get namespace() {
      return namespace;
    },
    apply,
    tryApply,
    until: (what, manifest, schema) =>
      eventually(
        what,
        async () => schema.safeParse((await api.send("GET", pathOf(manifest, namespace))).body).data,
        waitMs,
      ),
    powerlessToken: async (name) => {
      const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } } as const;
      await apply(account);
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
      const answer = await api.send("POST", `${pathOf(account, namespace)}/token`, { body });
      accepted(answer);
      return tokenAnswer.parse(answer.body).status.token;
    },
  };
}

/** Sluice's own client of the cluster; by default with the access of the tests. */
export function openTestCluster(
  { access: { kubeconfig } }: Pick<TestCluster, "access">,
  access: ClusterAccess = { kind: "kubeconfig", path: kubeconfig, exec: false },
): Promise<OpenCluster> {
  // Far longer than any call takes, so that a busy machine fails none.
  const patient = { deadlineMs: 300_000, maxWaitMs: 60_000 };
  return openCluster({ name: "tests", access, clock: Date.now, random: Math.random, ...patient });
}

/** For what never comes; what comes takes seconds. */
const waitMs = 600_000;

const tokenAnswer = z.object({ status: z.object({ token: z.string() }) });
const namespaceAnswer = z.object({ metadata: z.object({ name: z.string() }) });

/** A namespace in which Pods can be made: that takes its default service account. */
async function freshNamespace(api: Api): Promise<string> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { generateName: "sluice-test-" } };
  const answer = await api.send("POST", "/api/v1/namespaces", { body });
  accepted(answer);
  const { name } = namespaceAnswer.parse(answer.body).metadata;
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await eventually(
    `${name} has a service account`,
    async () => (await api.send("GET", account)).status === 200,
    waitMs,
  );
  return name;
}

function accepted(answer: ApiAnswer): void {
  if (answer.status !== 200 && answer.status !== 201) throw new Error(messageOf(answer));
}
