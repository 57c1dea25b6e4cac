import { deletedRule } from "./deleted.ts";

/** A claim that is no longer rendered: its data may go with it. */
export const deletedPersistentVolumeClaim = deletedRule(
  "deleted-persistent-volume-claim",
  "PersistentVolumeClaim",
  "With the claim goes its volume and the data on it, unless the volume's reclaim policy is Retain.",
  "Keep the claim, or make sure that the data is backed up or moved first.",
);
