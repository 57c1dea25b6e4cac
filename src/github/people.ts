import { z } from "zod";
import { UserError } from "../model/errors.ts";
import type { Permission, Reaction } from "../model/github.ts";
import type { Client } from "./client.ts";

const level = z.enum(["none", "read", "triage", "write", "maintain", "admin"]);
const answer = z.object({ permission: level, role_name: z.string().optional() });

/**
 * What a person may do. `role_name` tells triage from read and maintain from write, which `permission` does not; a role
 * that an organization made itself has a name of its own, and `permission` says what it is built on.
 */
export async function readPermission(client: Client, user: string): Promise<Permission> {
  try {
    const data = await client.call(
      "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      { username: user },
      answer,
    );
    const role = level.safeParse(data.role_name);
    return role.success ? role.data : data.permission;
  } catch (error) {
    if (error instanceof UserError && error.kind === "not-found") return "none";
    throw error;
  }
}

/** Adds a reaction to a comment. GitHub keeps one of a kind, so this is idempotent. */
export async function addReaction(client: Client, commentId: number, reaction: Reaction): Promise<void> {
  const route = "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
  await client.call(route, { comment_id: commentId, content: reaction }, z.object({ id: z.number() }));
}
