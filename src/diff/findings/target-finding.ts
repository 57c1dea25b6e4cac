import type { Finding, FindingWords, ResourceId } from "../../model/preview.ts";
import { fillWords } from "../finding-words.ts";

/** A finding, the resource of the head that it is about, and where in it. */
export type TargetFinding = Finding & {
  readonly target?: Pick<ResourceId, "kind" | "namespace" | "name">;
  readonly pointer?: string;
};

/** A finding with its phrases, and what they say of this one place. */
export function toTargetFinding<T extends Omit<Finding, "message" | "fix" | "words">>(
  about: T,
  { short, message, fix, noun, name }: FindingWords,
): T & Pick<Finding, "message" | "fix" | "words"> {
  const words: FindingWords = {
    short,
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(noun === undefined ? {} : { noun }),
    ...(name === undefined ? {} : { name }),
  };
  const place = { app: about.app, environment: about.environment, name };
  const filled = fillWords(words, [place]);
  return { ...about, message: filled.message, ...(filled.fix === undefined ? {} : { fix: filled.fix }), words };
}
