import type { LogQuery, LogTail } from "../model/kube.ts";
import type { Calls } from "./calls.ts";
import { collectionPath, objectPath, query } from "./paths.ts";
import { reasonOf } from "./refusals.ts";

/** The longest log that is read, in bytes: a line may be as long as a program likes. */
const maxBytes = 64 * 1024;
const pods = { plural: "pods", namespaced: true, verbs: [] };

/** The end of a container's log. */
export async function readLog(calls: Calls, wanted: LogQuery, signal: AbortSignal): Promise<LogTail> {
  const { namespace, pod, container, previous, tailLines } = wanted;
  const search = query({ container, previous: String(previous), tailLines, limitBytes: maxBytes });
  const path = `${objectPath(collectionPath("v1", pods, namespace), pod)}/log${search}`;
  const answer = await calls.send({ method: "GET", path, accept: "*/*", attempts: 1 }, signal);
  if (answer.status === 200) return { kind: "lines", text: answer.text };
  return { kind: "none", reason: reasonOf(answer) };
}
