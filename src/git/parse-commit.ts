import type { CommitFacts } from "../model/tree.ts";

/** Of one commit at most this many characters of its message are given. */
const maxMessage = 64 * 1024;
const maxIdent = 1_000;
const ident = /^(?<name>.*?) ?<(?<email>[^<>]*)>(?: (?<seconds>-?\d{1,15}))?/s;

/**
 * Reads a commit object: headers, an empty line, the message in the encoding that a header names. What is malformed is
 * given as empty text, and a date out of range as 1970; a commit that pull requests bring in must not stop what reads
 * history.
 */
export function parseCommit(sha: string, bytes: Uint8Array): CommitFacts {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf("\n\n");
  const headers = end < 0 ? buffer : buffer.subarray(0, end);
  const lines = headers.toString("latin1").split("\n");
  const decode = decoder(headerOf(lines, "encoding"));
  const person = (key: string) => ident.exec(decode(Buffer.from(headerOf(lines, key) ?? "", "latin1")))?.groups;
  const author = person("author");
  return {
    sha,
    parents: lines.filter((line) => line.startsWith("parent ")).map((line) => line.slice("parent ".length)),
    author: { name: author?.name?.slice(0, maxIdent) ?? "", email: author?.email?.slice(0, maxIdent) ?? "" },
    date: isoDate(person("committer")?.seconds),
    message: end < 0 ? "" : decode(buffer.subarray(end + 2, end + 2 + 4 * maxMessage)).slice(0, maxMessage),
  };
}

function headerOf(lines: readonly string[], key: string): string | undefined {
  return lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1);
}

function decoder(encoding: string | undefined): (bytes: Uint8Array) => string {
  try {
    const text = new TextDecoder(encoding ?? "utf-8", { ignoreBOM: true });
    return (bytes) => text.decode(bytes);
  } catch {
    // An encoding that nobody knows: every byte is a character in this one.
    return (bytes) => Buffer.from(bytes).toString("latin1");
  }
}

function isoDate(seconds: string | undefined): string {
  const date = new Date(Number(seconds ?? 0) * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
