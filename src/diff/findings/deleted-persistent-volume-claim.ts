import { deletedRule } from "./deleted.ts";

/** A claim that is no longer rendered: its data may go with it. */
export const deletedPersistentVolumeClaim = deletedRule({
  id: "deleted-persistent-volume-claim",
  kind: "PersistentVolumeClaim",
  noun: "volume claim",
  object: "the {#claim|claims}",
  loss: "{#Its|Their} data goes too, unless the reclaim policy is `Retain`.",
  fix: "keep the claim, or back up the data {ack}",
});
