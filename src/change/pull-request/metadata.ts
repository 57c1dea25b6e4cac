import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import type { PullRequest } from "../../model/github.ts";
import type { Json } from "../../model/json.ts";
import type { AppSigner, Signer } from "../signature.ts";

/** What the metadata of every pull request says, whatever it is about. */
export interface PullRequestMetadata {
  /** The branch that it is merged into. */
  readonly base: string;
  /** The head that the rest is about. Another head was pushed by a person, or old metadata was put back. */
  readonly head?: string | undefined;
}

/**
 * How one kind of metadata stands in a pull request's body: one line that people do not see, signed for the branch, so
 * that it can neither be forged nor moved to another pull request.
 */
export interface MetadataFormat<M> {
  /** The line. */
  print(metadata: M, branch: string, signer: Signer): string;
  /** What the line in a body says; `undefined` without one that this App wrote for this branch. */
  parse(body: string, branch: string, signer: Signer): M | undefined;
  /** The body with its line marked as one that no longer counts: Sluice itself closed the pull request. */
  discard(body: string): string;
  /** What a discarded line said, as `parse`. */
  parseDiscarded(body: string, branch: string, signer: Signer): M | undefined;
}

/** How much text a compressed line may hold. */
const maxText = 16 * 1024 * 1024;

const compressedJson = z.object({ deflated: z.base64() });

/** The format of one kind; `name` is one lower-case word. `compressed` is for what may say the same of many targets. */
export function metadataFormat<S extends z.ZodType>(
  name: string,
  schema: S,
  { compressed = false } = {},
): MetadataFormat<z.output<S>> {
  const begin = `<!-- sluice:${name}:v1 `;
  const discarded = `<!-- sluice:closed-${name}:v1 `;
  const parse = (opening: string) => {
    const line = new RegExp(`${opening}([A-Za-z0-9+/=]+) ([0-9a-f]{64}) -->`);
    return (body: string, branch: string, signer: Signer): z.output<S> | undefined => {
      const [, text, signature] = line.exec(body) ?? [];
      if (text === undefined || signature === undefined) return undefined;
      if (!signer.verify("record", `${branch}\n${text}`, signature)) return undefined;
      const value: Json = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
      return schema.safeParse(compressed ? (decompress(value) ?? value) : value).data;
    };
  };
  return {
    print(metadata, branch, signer) {
      const text = Buffer.from(JSON.stringify(compressed ? compress(metadata) : metadata)).toString("base64");
      return `${begin}${text} ${signer.sign("record", `${branch}\n${text}`)} -->`;
    },
    parse: parse(begin),
    discard: (body) => body.replaceAll(begin, discarded),
    parseDiscarded: parse(discarded),
  };
}

function compress(value: unknown): Json {
  return { deflated: deflateRawSync(JSON.stringify(value)).toString("base64") };
}

function decompress(value: Json): Json | undefined {
  const { data } = compressedJson.safeParse(value);
  if (data === undefined) return undefined;
  const text = inflateRawSync(Buffer.from(data.deflated, "base64"), { maxOutputLength: maxText });
  return JSON.parse(text.toString("utf8"));
}

/** A pull request, as far as it decides whose it is. */
export type OwnedPull = Pick<PullRequest, "body" | "head" | "fork" | "byApp" | "repositoryId">;

/**
 * What a pull request's description says. `undefined` unless the App itself opened it, from a branch of the repository,
 * and wrote this for the branch: whoever may write can open another one with a copied description.
 */
export function metadataOf<M>(
  { parse }: Pick<MetadataFormat<M>, "parse">,
  { body, head, fork, byApp, repositoryId }: OwnedPull,
  signer: AppSigner,
): M | undefined {
  return byApp && !fork ? parse(body, head.ref, signer.of(repositoryId)) : undefined;
}

/** What the description of a pull request said that Sluice itself closed; see `metadataOf`. */
export function discardedOf<M>(
  { parseDiscarded }: Pick<MetadataFormat<M>, "parseDiscarded">,
  pull: OwnedPull,
  signer: AppSigner,
): M | undefined {
  return metadataOf({ parse: parseDiscarded }, pull, signer);
}

/** Whether metadata is about the pull request's head, and not about one that a person or a later run replaced. */
export function describesHead({ head }: PullRequestMetadata, pull: Pick<PullRequest, "head">): boolean {
  return head === pull.head.sha;
}
