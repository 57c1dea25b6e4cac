import { afterAll, beforeAll, inject } from "vitest";
import type { z } from "zod";
import { type Api, connect } from "../../../sandbox/cluster/api.ts";
import { type TestCluster, useCluster } from "../../cluster/support/cluster.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../../support/local-github.ts";
import { eventually } from "../../support/wait.ts";
import { type TlsFront, tlsFront } from "./git-server.ts";
import { type ApiObject, applyObject, pathOf } from "./objects.ts";

/** What a test file has of its own: a namespace of the cluster with the controllers, and a repository that they read. */
export interface ControllerWorld {
  readonly test: TestCluster;
  readonly github: CheckedGitHub;
  /** As controllers name the repository: https, at another port than the rest of the local GitHub. */
  readonly repositoryUrl: string;
  /** Writes a commit on the default branch; `null` deletes a file. Gives its id. */
  commit(files: Readonly<Record<string, string | null>>): Promise<string>;
  apply(object: ApiObject): Promise<void>;
  /** Changes fields of an object; gives the status of the answer. */
  patch(object: ApiObject, change: object): Promise<number>;
  /** Waits until an object is as the schema says, and gives it. */
  until<T>(what: string, object: ApiObject, schema: z.ZodType<T>): Promise<T>;
}

const repository = { owner: "acme", name: "shop" };

/** Prepares these for the tests of the file that calls this; what it gives can be used inside of tests. */
export function useControllers(): ControllerWorld {
  const test = useCluster();
  const api: Api = connect(test.access);
  let github: CheckedGitHub;
  let front: TlsFront;
  beforeAll(async () => {
    github = await startCheckedGitHub();
    front = await tlsFront(github.url, inject("gitServer"));
    await github.createRepository({ ...repository, private: false, files: { "README.md": "# Shop\n" } });
  });
  afterAll(async () => {
    await front.close();
    await github.close();
    await api.close();
  });
  const get = async (object: ApiObject): Promise<unknown> => (await api.send("GET", pathOf(object))).body;
  return {
    test,
    get github() {
      return github;
    },
    get repositoryUrl() {
      return `${front.origin}/${repository.owner}/${repository.name}.git`;
    },
    commit: (files) => github.commit({ ...repository, branch: "main", files }),
    apply: (object) => applyObject(api, object),
    patch: async (object, body) => {
      const contentType = "application/merge-patch+json";
      return (await api.send("PATCH", pathOf(object), { body, contentType })).status;
    },
    until: (what, object, schema) => eventually(what, async () => schema.safeParse(await get(object)).data),
  };
}
