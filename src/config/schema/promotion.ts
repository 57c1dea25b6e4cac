import { z } from "zod";
import { checkedText } from "../values/checked-text.ts";
import { filledText, pathSchema, templateText } from "./values.ts";

const label = checkedText((text) =>
  text.trim() !== "" && text.length <= 50 && !text.includes(",")
    ? undefined
    : { problem: "is not the name of a label", fix: "Use 1 to 50 characters and no comma." },
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
  mergeEmpty: z.boolean().meta({
    description: "Whether Sluice itself merges a promotion that changes nothing in the render, once its gates pass.",
    examples: [true],
  }),
  labels: z
    .array(label)
    .max(20)
    .meta({ description: "Labels of promotion pull requests.", examples: [["promotion", "prod"]] }),
  assign: z
    .boolean()
    .meta({ description: "Whether the person who asked for a promotion is assigned to it.", examples: [false] }),
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
    mergeEmpty: promoteKeys.mergeEmpty.default(false),
    labels: promoteKeys.labels.default(["promotion"]),
    assign: promoteKeys.assign.default(true),
    ...promoteLists,
  })
  .meta({ description: "How a version comes here from the environment named in `from`." });

/** An app's own `promote`: only what differs. */
export const promoteOverrideSchema = z
  .strictObject({ ...z.strictObject(promoteKeys).exactPartial().shape, ...promoteLists })
  .meta({ description: "Keys that win over the environment's `promote`." });

/** How it is known that a version is live and healthy somewhere. */
export const healthSchema = z
  .strictObject({
    deployment: templateText("the name of a GitHub environment")
      .exactOptional()
      .meta({
        description: "By the GitHub Deployments to this GitHub environment and their statuses, with placeholders.",
        examples: ["{app}-{environment}"],
      }),
    check: templateText("the name of a check")
      .exactOptional()
      .meta({
        description: "By this check run or status on the commit, with placeholders.",
        examples: ["health/{environment}"],
      }),
  })
  .superRefine(({ deployment, check }, context) => {
    if ((deployment === undefined) !== (check === undefined)) return;
    context.addIssue({
      code: "custom",
      message: check === undefined ? "has neither `deployment` nor `check`" : "has both `deployment` and `check`",
      params: { fix: "Give exactly one of the two, such as `deployment: staging`." },
    });
  })
  .meta({ description: "How it is known that a version is live and healthy here: by exactly one of these." });
