import { deletedRule } from "./deleted.ts";

/** A volume that is no longer rendered. */
export const deletedPersistentVolume = deletedRule({
  id: "deleted-persistent-volume",
  kind: "PersistentVolume",
  noun: "volume",
  loss: "Its data is cut off from the cluster, and is deleted if the reclaim policy is `Delete`.",
  fix: "keep the volume until nothing claims it, and check its reclaim policy",
});
