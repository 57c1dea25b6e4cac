import { z } from "zod";
import { checkedText, isRefusal, parsedText } from "../values/checked-text.ts";
import { durationPattern, parseDuration } from "../values/durations.ts";
import { nameSchema, templateText } from "./values.ts";

const maxVerifyMs = 24 * 60 * 60_000;

const verifyTime = parsedText((text) => {
  const ms = parseDuration(text);
  if (isRefusal(ms) || (ms > 0 && ms <= maxVerifyMs)) return ms;
  return { problem: "is no time to watch a deploy for", fix: "Use more than nothing and at most `24h`." };
}, durationPattern);

const queryText = checkedText((text) =>
  text.trim() !== "" && text.length <= 2_000
    ? undefined
    : { problem: "is no PromQL query", fix: "Write a query of at most 2000 characters." },
);

const querySchema = z
  .strictObject({
    prometheus: nameSchema.meta({
      description:
        "Name of a Prometheus of the server's settings (`prometheus`), which must give it to this repository.",
      examples: ["main"],
    }),
    query: queryText.meta({
      description: "PromQL; `{app}` and `{environment}` become names. Each value of the result is compared.",
      examples: ['sum(rate(http_requests_total{app="{app}",code=~"5.."}[2m]))'],
    }),
    max: z
      .number()
      .exactOptional()
      .meta({ description: "A value above it is a failure.", examples: [0.05] }),
    min: z
      .number()
      .exactOptional()
      .meta({ description: "A value below it is a failure.", examples: [1] }),
  })
  .superRefine(({ max, min }, context) => {
    if (max !== undefined || min !== undefined) return;
    context.addIssue({
      code: "custom",
      message: "has neither `max` nor `min`",
      params: { fix: "Say which values are a failure, such as `max: 0.05`." },
    });
  });

/** One query of `rollback.verify.queries`. */
export type VerifyQuery = z.output<typeof querySchema>;

const verifySchema = z
  .strictObject({
    for: verifyTime.prefault("10m").meta({
      description: "How long a deploy is watched after it is live.",
      examples: ["10m"],
    }),
    checks: z
      .array(templateText("the name of a check"))
      .max(20)
      .default([])
      .meta({
        description: "Check runs or statuses on the deployed commit that must not fail; may contain placeholders.",
        examples: [["e2e"]],
      }),
    queries: z
      .array(querySchema)
      .max(10)
      .default([])
      .meta({
        description: "Queries to a Prometheus, asked every half minute.",
        examples: [[{ prometheus: "main", query: 'sum(rate(errors_total{app="{app}"}[2m]))', max: 0.05 }]],
      }),
  })
  .meta({
    description:
      "What is watched after a deploy is live: the health of what `apply` deployed, and what stands here. What fails in this time is taken for a failed deploy.",
  });

const rollbackKeys = {
  propose: z.boolean().meta({
    description:
      "Open a rollback pull request when a deploy of Sluice's fails, and hold automation of the app until that is decided.",
    examples: [true],
  }),
  merge: z.enum(["manual", "automatic"]).meta({
    description:
      "Who merges a proposed rollback when its gates (approvals and findings) pass: a person (`manual`) or Sluice (`automatic`).",
    examples: ["automatic"],
  }),
};

/** What follows a deploy that fails. */
export const rollbackSchema = z
  .strictObject({
    propose: rollbackKeys.propose.default(false),
    merge: rollbackKeys.merge.default("manual"),
    verify: verifySchema.exactOptional(),
  })
  .meta({ description: "Rollbacks that Sluice proposes after a deploy that fails." });

/** An app's own `rollback`: only what differs. */
export const rollbackOverrideSchema = z
  .strictObject({ ...z.strictObject(rollbackKeys).exactPartial().shape, verify: verifySchema.exactOptional() })
  .meta({ description: "Keys that override the environment's `rollback`." });
