import { afterAll, beforeAll, inject } from "vitest";
import type { z } from "zod";
import { type Api, connect } from "../../../sandbox/cluster/api.ts";
import { type TestCluster, useCluster } from "../../cluster/support/cluster.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../../support/local-github.ts";
import { eventually } from "../../support/wait.ts";
import { type TlsFront, tlsFront } from "./git-server.ts";
import { type ApiObject, applyObject, pathOf } from "./objects.ts";

/** A public repository of the local GitHub, as the controllers read it. */
export interface TestRepository {
  readonly name: string;
  /** https, at another port than the rest of the local GitHub. */
  readonly url: string;
  /** Writes a commit on `main`; `null` deletes a file. Gives its id. */
  commit(files: Files): Promise<string>;
}

/** Path to content. */
export type Files = Readonly<Record<string, string | null>>;

/** What a test file has of its own: a namespace of the controllers' cluster, and a local GitHub that they read. */
export interface ControllerWorld {
  readonly test: TestCluster;
  readonly github: CheckedGitHub;
  /** Makes `acme/<name>`. */
  createRepository(name: string): Promise<TestRepository>;
  apply(object: ApiObject): Promise<void>;
  /** Changes fields of an object; gives the status of the answer. */
  patch(object: ApiObject, change: object): Promise<number>;
  /** The object as it is now. */
  read<T>(object: ApiObject, schema: z.ZodType<T>): Promise<T>;
  /** Waits until an object is as the schema says, and gives it. */
  until<T>(what: string, object: ApiObject, schema: z.ZodType<T>): Promise<T>;
}

/** Prepares these for the tests of the file that calls this; what it gives can be used inside of tests. */
export function useControllers(): ControllerWorld {
  const test = useCluster();
  const api: Api = connect(test.access);
  let github: CheckedGitHub;
  let front: TlsFront;
  beforeAll(async () => {
    github = await startCheckedGitHub();
    front = await tlsFront(github.url, inject("gitServer"));
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
    createRepository: async (name) => {
      const repository = { owner: "acme", name };
      await github.createRepository({ ...repository, private: false, files: { "README.md": "# Shop\n" } });
      return {
        name,
        url: `${front.origin}/acme/${name}.git`,
        commit: (files) => github.commit({ ...repository, branch: "main", files }),
      };
    },
    apply: (object) => applyObject(api, object),
    patch: async (object, body) => {
      const contentType = "application/merge-patch+json";
      return (await api.send("PATCH", pathOf(object), { body, contentType })).status;
    },
    read: async (object, schema) => schema.parse(await get(object)),
    until: (what, object, schema) => eventually(what, async () => schema.safeParse(await get(object)).data),
  };
}
