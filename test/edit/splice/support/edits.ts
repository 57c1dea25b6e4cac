import { applyEdits, type EditedText, type YamlEdit } from "../../../../src/edit/splice/index.ts";
import type { PlainEdit } from "../../../../src/edit/splice/types.ts";
import { UserError } from "../../../../src/model/errors.ts";

/** The text's bytes. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of bytes, byte order mark included. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Applies edits to a text. */
export function edit(text: string, ...edits: readonly YamlEdit[]): EditedText & { readonly text: string } {
  const edited = applyEdits("deploy/kustomization.yaml", bytesOf(text), edits);
  return { ...edited, text: textOf(edited.bytes) };
}

/** The refusal of edits. */
export function refusal(text: string, ...edits: readonly YamlEdit[]): UserError {
  return userError(() => edit(text, ...edits));
}

/** The UserError that `act` throws. */
export function userError(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

type Path = readonly (string | number)[];

export const set = (path: Path, value: Extract<YamlEdit, { kind: "set" }>["value"], document = 0): PlainEdit => {
  return { kind: "set", document, path, value };
};
export const insert = (path: Path, value: Extract<YamlEdit, { kind: "insert" }>["value"], document = 0): PlainEdit => {
  return { kind: "insert", document, path, value };
};
export const remove = (path: Path, document = 0): PlainEdit => ({ kind: "remove", document, path });
