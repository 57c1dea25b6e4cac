import type { ChangePorts } from "../../change/ports.ts";
import type { RegistryRights } from "../../change/source/allowed.ts";
import type { SourceCommits } from "../../model/github.ts";
import type { EventLog } from "../../model/images.ts";
import type { Records } from "../../model/records.ts";
import type { Registry } from "../../model/registry.ts";

/** What the images room acts through. */
export interface ImagePorts extends ChangePorts {
  readonly registry: Registry;
  /**
   * Which config repositories may ask for images of which registries; those that are not named may be asked for by all.
   */
  readonly rights: RegistryRights;
  readonly records: Records;
  readonly eventLog: EventLog;
  /** Commits of the repositories that images are built from, where the App may read them; absent: no commit lists. */
  readonly source?: SourceCommits;
}
