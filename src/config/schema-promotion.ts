import { z } from "zod";
import { checkedText, parsedText } from "./check.ts";
import { count, durationSchema, filledText, pathSchema } from "./schema-values.ts";
import { checkTimezone, parseWindow } from "./windows.ts";

const login = checkedText((text) =>
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?$/.test(text)
    ? undefined
    : { problem: "is not a GitHub login", fix: "Write the login without `@`, such as `octocat`." },
);
const team = checkedText((text) =>
  /^[a-z0-9][a-z0-9._-]*$/i.test(text)
    ? undefined
    : {
        problem: "is not the slug of a team",
        fix: "Write the team's slug without `@` and organisation, such as `release`.",
      },
);

const promoteKeys = {
  strategy: z.enum(["images", "paths", "directory"]).meta({
    description:
      "What a promotion carries: `images` (image names, tags, digests and chart versions), `paths` (named values in named files), `directory` (the whole folder).",
    examples: ["images"],
  }),
  auto: z
    .boolean()
    .meta({ description: "Whether promotions open by themselves when `from` is healthy.", examples: [true] }),
  merge: z
    .enum(["manual", "automatic"])
    .meta({ description: "Who merges a promotion whose gates pass: a person or Sluice.", examples: ["automatic"] }),
  method: z.enum(["merge", "squash", "rebase"]).meta({ description: "GitHub's merge method.", examples: ["squash"] }),
};
const promoteLists = {
  paths: z
    .array(
      z.strictObject({
        file: pathSchema.meta({ description: "File below the target's folder.", examples: ["values.yaml"] }),
        key: filledText("a path to a value").meta({ description: "Path to the value.", examples: ["image.tag"] }),
      }),
    )
    .max(100)
    .exactOptional()
    .meta({
      description: "For the strategy `paths`: the values that are carried.",
      examples: [[{ file: "values.yaml", key: "image.tag" }]],
    }),
  exclude: z
    .array(filledText("a glob"))
    .max(100)
    .exactOptional()
    .meta({
      description: "For the strategy `directory`: files that are not carried, as globs below the folder.",
      examples: [["ingress.yaml"]],
    }),
};

/** How versions come into an environment. */
export const promoteSchema = z
  .strictObject({
    strategy: promoteKeys.strategy.default("images"),
    auto: promoteKeys.auto.default(false),
    merge: promoteKeys.merge.default("manual"),
    method: promoteKeys.method.default("squash"),
    ...promoteLists,
  })
  .meta({ description: "How a version comes here from the environment named in `from`." });

/** An app's own `promote`: only what differs. */
export const promoteOverrideSchema = z
  .strictObject({ ...z.strictObject(promoteKeys).partial().shape, ...promoteLists })
  .meta({ description: "Keys that win over the environment's `promote`." });

const spanSchema = parsedText(parseWindow);

const windowSchema = z
  .strictObject({
    allow: spanSchema.exactOptional().meta({
      description: "When merging is allowed: days and hours, or two dates.",
      examples: ["mon-fri 09:00-17:00"],
    }),
    deny: spanSchema
      .exactOptional()
      .meta({ description: "When merging is not allowed; wins over `allow`.", examples: ["2026-12-20/2027-01-03"] }),
    timezone: checkedText(checkTimezone)
      .prefault("UTC")
      .meta({ description: "IANA time zone of the days and hours.", examples: ["Europe/Berlin"] }),
  })
  .superRefine((window, context) => {
    if ((window.allow === undefined) !== (window.deny === undefined)) return;
    context.addIssue({
      code: "custom",
      message: window.allow === undefined ? "has neither `allow` nor `deny`" : "has both `allow` and `deny`",
      params: { fix: "Give each window exactly one of the two; write two windows for both." },
    });
  })
  .meta({ description: "One window: `allow` or `deny`, with a time zone." });

const gateKeys = {
  approvals: count(0, 10).meta({
    description: "Approving reviews that the promotion pull request needs.",
    examples: [1],
  }),
  healthy: z
    .boolean()
    .meta({ description: "Whether the version must be live and healthy in `from`.", examples: [true] }),
  soak: durationSchema.meta({
    description: "How long it must have been live and healthy in `from`.",
    examples: ["30m"],
  }),
  checks: z
    .array(filledText("the name of a check"))
    .max(100)
    .meta({ description: "Check runs or statuses that must have passed on the carried commit.", examples: [["e2e"]] }),
  windows: z
    .array(windowSchema)
    .max(50)
    .meta({
      description: "When a promotion may be merged: in any `allow` window (none means always) and in no `deny` window.",
      examples: [[{ allow: "mon-fri 09:00-17:00", timezone: "Europe/Berlin" }]],
    }),
};

/** What a promotion must meet. */
export const gatesSchema = z
  .strictObject({
    approvals: gateKeys.approvals.default(0),
    healthy: gateKeys.healthy.default(true),
    soak: gateKeys.soak.exactOptional(),
    checks: gateKeys.checks.default([]),
    windows: gateKeys.windows.prefault([]),
  })
  .meta({ description: "What must be true before a promotion is merged." });

/** An app's own `gates`: only what differs. */
export const gatesOverrideSchema = z
  .strictObject(gateKeys)
  .partial()
  .meta({ description: "Keys that win over the environment's `gates`." });

const people = {
  users: z
    .array(login)
    .max(100)
    .exactOptional()
    .meta({ description: "GitHub logins.", examples: [["octocat"]] }),
  teams: z
    .array(team)
    .max(100)
    .exactOptional()
    .meta({ description: "Slugs of teams of the repository's organisation.", examples: [["release"]] }),
};

/** Who may act on an environment. */
export const allowSchema = z
  .strictObject({
    ...people,
    permission: z
      .enum(["read", "triage", "write", "maintain", "admin"])
      .default("write")
      .meta({
        description: "Least permission in the repository that a person must have besides.",
        examples: ["maintain"],
      }),
  })
  .meta({
    description:
      "Who may promote, hold and roll back here: these people and teams (none named: everybody) with this permission.",
  });

/** Who is asked for a review. */
export const reviewersSchema = z
  .strictObject(people)
  .meta({ description: "Who is asked to review promotion pull requests." });
