import { deletedRule } from "./deleted.ts";

/** A volume that is no longer rendered. */
export const deletedPersistentVolume = deletedRule(
  "deleted-persistent-volume",
  "PersistentVolume",
  "The data behind it is cut off from the cluster, and is deleted when its reclaim policy is Delete.",
  "Keep it until nothing claims it, and check its reclaim policy.",
);
