import { UserError } from "../model/errors.ts";
import type { Decision, PublishedHead } from "../model/state.ts";
import { applyDecision, applyDeferred, isAboutDeferred } from "./apply.ts";
import type { DeferredFile, TargetFile } from "./files.ts";
import { DEFERRED_PATH, publishedPath, STATE_BRANCH, targetPath } from "./paths.ts";
import { MAX_FILE_BYTES, type StateSnapshot } from "./snapshot.ts";
import { writeYaml } from "./yaml.ts";

/** A file that a decision changes; `expected` is the blob that the change was computed from. */
export interface FileChange {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly expected: string | undefined;
}

/**
 * The files that the decision changes; none when it is known already. Files of targets that it is not about are not
 * even read.
 */
export async function changesOf(snapshot: StateSnapshot, decision: Decision): Promise<readonly FileChange[]> {
  if (isAboutDeferred(decision)) {
    const { oid, file } = await snapshot.deferred();
    const after = applyDeferred(file, decision);
    return after === undefined ? [] : [{ path: DEFERRED_PATH, bytes: within(after, deferredYaml), expected: oid }];
  }
  const { environment } = decision;
  const changes: FileChange[] = [];
  for (const app of decision.apps.length === 0 ? [undefined] : new Set(decision.apps)) {
    const { oid, file } = await snapshot.target(environment, app);
    const after = applyDecision(file, decision, app);
    if (after === undefined) continue;
    const bytes = within(after, (one) => targetYaml(one, environment, app));
    changes.push({ path: targetPath(environment, app), bytes, expected: oid });
  }
  return changes;
}

/** The file that says what a branch of Sluice carries; none when it says so already. One that is broken is replaced. */
export async function publishedChangesOf(
  snapshot: StateSnapshot,
  published: PublishedHead,
): Promise<readonly FileChange[]> {
  const path = publishedPath(published.branch);
  const { branch, pullRequest, head, changes, settled, signature } = published;
  const bytes = writeYaml({ branch, pullRequest, head, changes, settled, signature });
  const expected = (await snapshot.tree?.at(path))?.oid;
  const now = await snapshot.published(branch);
  return now?.signature === signature ? [] : [{ path, bytes, expected }];
}

function targetYaml({ hold, history, rest }: TargetFile, environment: string, app: string | undefined): Buffer {
  return writeYaml({ environment, ...(app === undefined ? {} : { app }), ...rest, ...(hold && { hold }), history });
}

function deferredYaml({ waiting, history, rest }: DeferredFile): Buffer {
  return writeYaml({ ...rest, waiting, history });
}

function tooLarge(bytes: number): UserError {
  return new UserError("limit", `a file of the branch \`${STATE_BRANCH}\` would have ${bytes} bytes`, {
    fix: `at most ${MAX_FILE_BYTES} are read: name fewer apps at a time, and take out what was added to the file by hand`,
  });
}

/** As bytes that can be read again: where entries are long, fewer of the oldest are kept. */
function within<F extends TargetFile | DeferredFile>(file: F, write: (file: F) => Buffer): Buffer {
  let { history } = file;
  for (;;) {
    const bytes = write({ ...file, history });
    if (bytes.length <= MAX_FILE_BYTES) return bytes;
    if (history.length <= 1) throw tooLarge(bytes.length);
    history = history.slice(Math.ceil(history.length / 2));
  }
}
