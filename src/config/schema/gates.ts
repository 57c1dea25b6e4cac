import { z } from "zod";
import { checkedText, parsedText } from "../values/checked-text.ts";
import { checkTimezone, parseWindow } from "../values/windows.ts";
import { overrideAllowSchema } from "./people.ts";
import { appSchema, count, durationSchema, filledText } from "./values.ts";

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
      .meta({ description: "IANA time zone of the window.", examples: ["Europe/Berlin"] }),
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
    description:
      "Number of approving reviews that the promotion pull request needs. Requested changes always block it.",
    examples: [1],
  }),
  selfApproval: z.boolean().meta({
    description: "Count an approval by the person who requested the promotion.",
    examples: [false],
  }),
  healthy: z.boolean().meta({ description: "The version must be live and healthy in `from`.", examples: [true] }),
  current: z.boolean().meta({
    description:
      "`from` must still have the version, or a newer one. A version that was rolled back there is not merged.",
    examples: [true],
  }),
  soak: durationSchema.meta({
    description: "How long the version must have been live and healthy in `from`.",
    examples: ["30m"],
  }),
  checks: z
    .array(filledText("the name of a check"))
    .max(100)
    .meta({ description: "Check runs or statuses that must have passed on the promoted commit.", examples: [["e2e"]] }),
  findings: z.enum(["danger", "warning", "none"]).meta({
    description:
      "Lowest severity of findings in the promotion's preview that must be acknowledged with `/ack`. `none`: findings do not block.",
    examples: ["warning"],
  }),
  windows: z
    .array(windowSchema)
    .max(50)
    .meta({
      description:
        "When a promotion may be merged: inside an `allow` window (if there are any) and outside every `deny` window. A window is open while local time in its time zone is inside it.",
      examples: [[{ allow: "mon-fri 09:00-17:00", timezone: "Europe/Berlin" }]],
    }),
  dependsOn: z
    .array(appSchema)
    .max(100)
    .meta({
      description: "Apps that must have the same version here as in `from`. An app never waits for itself.",
      examples: [["database"]],
    }),
  override: overrideAllowSchema,
};

/** The gates of promotions into an environment. */
export const gatesSchema = z
  .strictObject({
    approvals: gateKeys.approvals.default(0),
    selfApproval: gateKeys.selfApproval.default(true),
    healthy: gateKeys.healthy.default(true),
    current: gateKeys.current.default(true),
    soak: gateKeys.soak.exactOptional(),
    checks: gateKeys.checks.default([]),
    findings: gateKeys.findings.default("danger"),
    windows: gateKeys.windows.prefault([]),
    dependsOn: gateKeys.dependsOn.default([]),
    override: gateKeys.override.prefault({}),
  })
  .meta({ description: "Conditions that a promotion must meet before it is merged." });

/** An app's own `gates`: only what differs. */
export const gatesOverrideSchema = z
  .strictObject(gateKeys)
  .exactPartial()
  .meta({ description: "Keys that override the environment's `gates`." });
