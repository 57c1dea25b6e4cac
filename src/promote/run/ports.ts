import type { ChangePorts } from "../../change/ports.ts";
import type { RegistryRights } from "../../change/source/allowed.ts";
import type { Prometheus } from "../../model/prometheus.ts";
import type { Records } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";

/** What promotions act through. */
export interface PromotionPorts extends ChangePorts {
  /** Keys the fingerprints of secrets in findings. */
  readonly fingerprintKey: Uint8Array;
  /** Knows what images are built from. */
  readonly registry: Registry;
  /** Which config repositories may ask for images of which registries. */
  readonly rights: RegistryRights;
  readonly records: Records;
  /** Is asked whether a version does well. */
  readonly prometheus: Prometheus;
  /**
   * How long is waited, again and again, for whoever opened a pull request or moved its branch to say so, in
   * milliseconds. Only tests in which nobody works beside them change it.
   */
  readonly pausesMs?: readonly number[];
}
