import { z } from "zod";
import { metadataFormat } from "../../../src/change/pull-request/metadata.ts";
import type { Proposal, Published, PullRequestKind } from "../../../src/change/pull-request/proposal.ts";
import { publishWithRetries, type RoundOptions } from "../../../src/change/pull-request/publish-with-retries.ts";
import { saveSettled } from "../../../src/change/pull-request/published.ts";
import type { RepositoryContext } from "../../../src/change/repository-context.ts";
import { stageChanges } from "../../../src/edit/staged-tree.ts";
import type { TreeChange } from "../../../src/model/tree.ts";
import type { FakeChange } from "../../support/fake-change.ts";

const schema = z.object({
  base: z.string(),
  head: z.string(),
  version: z.string(),
  /** What comes out; the same for several versions. */
  render: z.string(),
});

/** What the pull requests of these tests say. */
export type Note = z.output<typeof schema>;

/** Their format. */
export const format = metadataFormat("note", schema);

/** Their branch. */
export const branch = "sluice/note/web";

const kind: PullRequestKind<Note> = {
  format,
  isSame: (before, now) => before.version === now.version,
  keepsApprovals: (before, now) => before.render === now.render,
  dismissal: "The render changed.",
  updateComment: ({ before, now }) => ({ marker: "update", text: `${before?.version ?? "?"} → ${now.version}` }),
};

/** What one version is published with. */
export interface Wanted extends RoundOptions {
  readonly version?: string;
  readonly render?: string;
  /** Closing a pull request of this version declines it. */
  readonly declinable?: boolean;
  /** Whether what it is planned on was the same where the branch left the base; asked of nobody without it. */
  readonly standsOn?: (fork: string) => Promise<boolean>;
  /** Nobody is asked to look at it. */
  readonly unshown?: boolean;
  /** From a context that was opened before; the repository as it is now without it. */
  readonly from?: RepositoryContext;
}

const introduced = { labels: ["note"], assignees: ["ada"], reviewers: { users: ["grace"], teams: ["release"] } };
const unintroduced = { labels: [], assignees: [], reviewers: { users: [], teams: [] } };

/** The proposal that writes a version into the file `version`. */
export async function proposalOf(
  { ports, where }: FakeChange,
  { tree, repository, base }: RepositoryContext,
  { version = "1", render = version, declinable = false, standsOn, unshown = false }: Wanted,
): Promise<Proposal<Note, "declined">> {
  const bytes = new TextEncoder().encode(version);
  const changes: readonly TreeChange[] = [{ kind: "write", path: "version", bytes, executable: false }];
  const { oid } = (await stageChanges({ tree, objects: repository.objects }, changes)).tree;
  return {
    kind,
    branch,
    title: `Bring ${version}`,
    change: { changes, tree: oid },
    metadata: (head) => ({ base, head, version, render }),
    body: async (metadata) => `Brings ${version}.\n${format.print(metadata, branch, ports.signer.of(1))}`,
    settle: (ended) => saveSettled(ports, where, ended, AbortSignal.timeout(600_000)),
    introduction: () => (unshown ? unintroduced : introduced),
    ...(standsOn && { standsOn }),
    ...(declinable ? { declined: (closed) => (closed.version === version ? "declined" : undefined) } : {}),
  };
}

/** What came of it, with the number of rounds that it took. */
export interface Outcome {
  readonly rounds: number;
  readonly result: Published<Note> | "declined";
}

/** Plans and publishes a version as a room does. */
export async function bring(world: FakeChange, wanted: Wanted = {}): Promise<Outcome> {
  return publishWithRetries(
    world.ports,
    wanted.from ?? (await world.context()),
    async ({ context, number, publish }) => ({
      rounds: number,
      result: await publish(await proposalOf(world, context, wanted)),
    }),
    wanted,
  );
}

/** As `bring`, for what is published. */
export async function published(world: FakeChange, wanted: Wanted = {}): Promise<Published<Note>> {
  const { result } = await bring(world, wanted);
  if (result === "declined") throw new Error("it was declined");
  return result;
}
