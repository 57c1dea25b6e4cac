import { z } from "zod";
import { checkedText } from "../values/checked-text.ts";
import { filledText, targetPathSchema, templateText } from "./values.ts";

const label = checkedText((text) =>
  text.trim() !== "" && text.length <= 50 && !text.includes(",")
    ? undefined
    : { problem: "is not the name of a label", fix: "Use 1 to 50 characters and no comma." },
);

const promoteKeys = {
  strategy: z.enum(["images", "paths", "directory"]).meta({
    description:
      "What a promotion copies: `images` (image names, tags, digests and chart versions), `paths` (listed values in listed files) or `directory` (the whole folder).",
    examples: ["images"],
  }),
  auto: z.boolean().meta({ description: "Open promotions automatically when `from` is healthy.", examples: [true] }),
  merge: z.enum(["manual", "automatic"]).meta({
    description: "Who merges a promotion when its gates pass: a person (`manual`) or Sluice (`automatic`).",
    examples: ["automatic"],
  }),
  method: z.enum(["merge", "squash", "rebase"]).meta({ description: "GitHub's merge method.", examples: ["squash"] }),
  mergeEmpty: z.boolean().meta({
    description: "Let Sluice merge a promotion that does not change the render, once its gates pass.",
    examples: [true],
  }),
  labels: z
    .array(label)
    .max(20)
    .meta({ description: "Labels of promotion pull requests.", examples: [["promotion", "prod"]] }),
  assign: z.boolean().meta({ description: "Assign the promotion to the person who requested it.", examples: [false] }),
};
const promoteLists = {
  paths: z
    .array(
      z.strictObject({
        file: targetPathSchema.meta({
          description:
            "File, from the target's folder; with `/` in front, from the root of the repository. May contain placeholders.",
          examples: ["values.yaml"],
        }),
        key: filledText("a path to a value").meta({
          description: "Path to the value; may contain placeholders.",
          examples: ["image.tag"],
        }),
      }),
    )
    .max(100)
    .exactOptional()
    .meta({
      description: "For the strategy `paths`: the values to copy.",
      examples: [[{ file: "values.yaml", key: "image.tag" }]],
    }),
  exclude: z
    .array(filledText("a glob"))
    .max(100)
    .exactOptional()
    .meta({
      description: "For the strategy `directory`: globs of files to leave out, relative to the folder.",
      examples: [["ingress.yaml"]],
    }),
  moveNamespaces: z
    .boolean()
    .exactOptional()
    .meta({
      description:
        "For the strategy `directory`: let resources move to the source's namespace. Without it, a copy that would is refused.",
      examples: [true],
    }),
};

/** How versions are promoted into an environment. */
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
  .meta({ description: "How versions are promoted here from the environment in `from`." });

/** An app's own `promote`: only what differs. */
export const promoteOverrideSchema = z
  .strictObject({ ...z.strictObject(promoteKeys).exactPartial().shape, ...promoteLists })
  .meta({ description: "Keys that override the environment's `promote`." });

/** How Sluice knows that a version is live and healthy. */
export const healthSchema = z
  .strictObject({
    deployment: templateText("the name of a GitHub environment")
      .exactOptional()
      .meta({
        description:
          "From the GitHub Deployments to this GitHub environment and their statuses; may contain placeholders.",
        examples: ["{app}-{environment}"],
      }),
    check: templateText("the name of a check")
      .exactOptional()
      .meta({
        description: "From this check run or status on the commit; may contain placeholders.",
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
  .meta({ description: "How Sluice knows that a version is live and healthy here: exactly one of these keys." });
