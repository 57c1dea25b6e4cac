import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

import type { RegistryAction, RegistryEvent } from "./types.ts";
import type { RegistryCall } from "./world.ts";

/** What was pushed or pulled. */
interface Target {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** Absent for blobs, and for manifests that were named by their digest. */
  readonly tag?: string | undefined;
  readonly kind: "blobs" | "manifests";
}

/** Tells what a request did, as Distribution tells it. */
export function tell(call: RegistryCall, action: RegistryAction, target: Target): void {
  call.world.notifier.emit(eventOf(call, action, target));
}

function eventOf(call: RegistryCall, action: RegistryAction, target: Target): RegistryEvent {
  const { world, request, actor, address, url } = call;
  const { name, digest, mediaType, size, tag, kind } = target;
  return {
    id: randomUUID(),
    timestamp: world.clock().toISOString(),
    action,
    target: {
      mediaType,
      size,
      digest,
      length: size,
      repository: name,
      url: `${world.origin}/v2/${name}/${kind}/${digest}`,
      ...(tag === undefined ? {} : { tag }),
    },
    request: {
      id: randomUUID(),
      addr: address,
      host: url.host,
      method: request.method,
      useragent: request.headers.get("user-agent") ?? "",
    },
    actor: actor === "" ? {} : { name: actor },
    source: { addr: `${hostname()}:${new URL(world.origin).port}`, instanceID: world.instanceId },
  };
}
