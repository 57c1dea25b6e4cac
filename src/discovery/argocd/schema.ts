import { z } from "zod";

/** A text that may be missing; Kubernetes takes `null` for missing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

/** A list of texts that may be missing. */
export const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? undefined);

const source = z.object({
  repoURL: text,
  path: text,
  targetRevision: text,
  tagPrefix: text,
  chart: text,
  ref: text,
});

const metadata = z.object({
  name: z.string().min(1),
  namespace: text,
  annotations: z.record(z.string(), z.unknown()).nullish(),
});

/** What is read of an `Application`. Other fields stay as they are in the object. */
export const applicationSchema = z.object({
  metadata,
  spec: z.object({
    project: text,
    destination: z
      .object({ server: text, name: text, namespace: text })
      .nullish()
      .transform((value) => value ?? { server: "", name: "", namespace: "" }),
    source: source.nullish(),
    sources: z
      .array(source)
      .nullish()
      .transform((value) => value ?? []),
    sourceHydrator: z
      .object({
        drySource: source,
        syncSource: z.object({ repoURL: text, path: text, targetBranch: text }),
      })
      .nullish(),
    syncPolicy: z
      .object({
        automated: z.object({ enabled: flag, prune: flag, selfHeal: flag }).nullish(),
        syncOptions: texts,
      })
      .nullish(),
  }),
});

/** An `Application`, as far as it is read. */
export type Application = z.infer<typeof applicationSchema>;

/** A source of an `Application`. */
export type ApplicationSource = z.infer<typeof source>;

/** What is wrong with an object, for people: `spec.source.path: expected string`. */
export function schemaProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "it cannot be read";
  return `\`${issue.path.map(String).join(".")}\`: ${issue.message.replace(/^Invalid input: /, "")}`;
}
