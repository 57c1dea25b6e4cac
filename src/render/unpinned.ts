import { z } from "zod";
import { inputKinds } from "../model/mount.ts";
import { sourceFailureKinds } from "../model/sources.ts";

/** What the engine asks for: the forms of `SourceRequest` that a render discovers. */
const source = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("git"),
    url: z.string(),
    revision: z.object({ kind: z.literal("any"), text: z.string() }),
    submodules: z.boolean(),
  }),
  z.object({ kind: z.literal("file"), url: z.string() }),
  z.object({ kind: z.literal("helm"), repository: z.string(), chart: z.string(), version: z.string() }),
  z.object({ kind: z.literal("oci-chart"), url: z.string(), version: z.string() }),
]);

/** An `UnpinnedReference`, as the engine sends it and as it is stored. */
export const unpinnedSchema = z.object({
  reference: z.string(),
  reason: z.string(),
  failure: z.enum(sourceFailureKinds).exactOptional(),
  file: z.string().min(1).exactOptional(),
  line: z.int().positive().exactOptional(),
  kind: z.enum(inputKinds).exactOptional(),
  source: source.exactOptional(),
});
