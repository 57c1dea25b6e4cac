import type { Follower } from "../follower.ts";
import { followApplication } from "./follow-application.ts";
import { followApplicationSet } from "./follow-set.ts";

/** The rules of Argo CD: what its objects deploy. */
export const argoCdFollower: Follower = {
  follows: (group, kind) => group === "argoproj.io" && (kind === "Application" || kind === "ApplicationSet"),
  follow: (object, world) =>
    object.kind === "ApplicationSet" ? followApplicationSet(object, world) : followApplication(object, world),
};
