import { z } from "zod";
import type { Allow } from "../../model/gates.ts";
import { checkedText } from "../values/checked-text.ts";

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
        fix: "Write the team's slug without `@` and organization, such as `release`.",
      },
);

function people(min: number) {
  return {
    users: z
      .array(login)
      .min(min)
      .max(100)
      .exactOptional()
      .meta({ description: "GitHub logins.", examples: [["octocat"]] }),
    teams: z
      .array(team)
      .min(min)
      .max(100)
      .exactOptional()
      .meta({ description: "Slugs of teams in the repository's organization.", examples: [["release"]] }),
  };
}

/** Who may do what `description` says. An empty list is refused: it reads as "nobody" but would mean "everybody". */
function allow(permission: Allow["permission"], description: string) {
  return z
    .strictObject({
      ...people(1),
      permission: z
        .enum(["read", "triage", "write", "maintain", "admin"])
        .default(permission)
        .meta({
          description: "Minimum permission in the repository that a person also needs.",
          examples: ["maintain"],
        }),
    })
    .meta({ description });
}

/** Who may act on an environment. */
export const allowSchema = allow(
  "write",
  "People and teams who may promote, hold and roll back here, if they have the permission. Without names: everybody who has it.",
);

/** Who may pass a gate. */
export const overrideAllowSchema = allow(
  "maintain",
  "People and teams who may pass a gate with `/override`, including a hold, if they have the permission. Without names: everybody who has it.",
);

/** Who is asked to review. */
export const reviewersSchema = z
  .strictObject(people(0))
  .meta({ description: "Who is asked to review promotion pull requests." });
