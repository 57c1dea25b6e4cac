import type { Command } from "./command.ts";

/** `/status`. */
export const status: Command = {
  name: "status",
  usage: "",
  words: [0, 0],
  flags: [],
  summary: "Says where this change is",
  details:
    "Replies with the way of this pull request's change through every environment: where it is live and healthy, what it waits for, who may act. On a promotion it is the state of the gates.",
  examples: [{ line: "/status", does: "replies with the state in every environment" }],
  needs: "read",
  why: "it only shows what the repository and its deployments say",
  run: async (_given, { call, promotions }) => promotions.status(call),
};
