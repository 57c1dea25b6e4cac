import type { ChangePorts } from "../../change/ports.ts";

/** What promotions act through. */
export interface PromotionPorts extends ChangePorts {
  /** Keys the fingerprints of secrets in findings. */
  readonly fingerprintKey: Uint8Array;
}
