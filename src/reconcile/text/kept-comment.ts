import { code, inert } from "../../diff/index.ts";
import type { KeptObject } from "../../model/deploy.ts";
import { stopped } from "../../model/text/lines.ts";
import { count } from "../../model/text/lists.ts";
import { fenced } from "../../model/text/markdown.ts";
import { appVersion, type DeployIn, objectText, plain } from "./told-deploy.ts";

const maxKept = 20;

/** The comment on the pull request after which a cluster keeps what Git no longer has. */
export function keptComment(deploy: DeployIn<"live">): string {
  const { kept } = deploy.status;
  const [only, ...more] = kept;
  if (only === undefined) return "";
  const where = inert(deploy.operation.environment);
  const amount = `${count(kept.length, "resource")} ${kept.length === 1 ? "was" : "were"} kept`;
  const first = `🟠 **Warning: ${inert(appVersion(deploy))} is live and healthy in ${where}; ${amount}.**`;
  if (more.length === 0) return `${first} ${keptSentence(only)}\n\n**Next:** ${nextOfOne(only)}\n`;
  const rest = kept.length - maxKept;
  const list = kept.slice(0, maxKept).map((one) => `- ${keptSentence(one)}`);
  return `${[first, [...list, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n"), nextOfMany(kept)].join("\n\n")}\n`;
}

function keptSentence({ object, reason }: KeptObject): string {
  return `${inert(objectText(object))} is no longer in Git; ${stopped(inert(plain(reason)))}`;
}

function nextOfOne(one: KeptObject): string {
  const command = deleteCommand(one);
  return command === undefined
    ? "delete it in the cluster, or bring it back to Git."
    : `delete it with ${code(command)}, or bring it back to Git.`;
}

function nextOfMany(kept: readonly KeptObject[]): string {
  const commands = kept.slice(0, maxKept).flatMap((one) => deleteCommand(one) ?? []);
  const next = "**Next:** delete them, or bring them back to Git.";
  return commands.length === 0 ? next : `${next}\n\n${fenced("sh", commands.join("\n"))}`;
}

const shortKinds: Readonly<Record<string, string>> = { PersistentVolumeClaim: "pvc", PersistentVolume: "pv" };
const safeWord = /^[\w.:-]+$/;

/** What deletes it; nothing where a name is none that can be pasted into a shell. */
function deleteCommand({ object: { apiVersion, kind, name, namespace } }: KeptObject): string | undefined {
  const group = apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : "";
  const words = [
    shortKinds[kind] ?? `${kind.toLowerCase()}${group}`,
    name,
    ...(namespace === undefined ? [] : [namespace]),
  ];
  if (!words.every((word) => safeWord.test(word) && !word.startsWith("-"))) return undefined;
  const [type, ...rest] = words;
  return `kubectl delete ${type} ${rest[0]}${namespace === undefined ? "" : ` -n ${namespace}`}`;
}
