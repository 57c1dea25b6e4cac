import type { HeaderHook, HookSettings } from "../../model/hooks.ts";
import type { Adapter, BodyCheck, KeySource, Reading, RequestHead, Verdict } from "./adapter.ts";
import { acr } from "./adapters/acr.ts";
import { cloudEvents } from "./adapters/cloudevents.ts";
import { distribution } from "./adapters/distribution.ts";
import { dockerHub } from "./adapters/dockerhub.ts";
import { ecr } from "./adapters/ecr.ts";
import { eventGrid } from "./adapters/eventgrid.ts";
import { gar } from "./adapters/gar.ts";
import { githubActions } from "./adapters/github-actions.ts";
import { harbor } from "./adapters/harbor.ts";
import { hmac } from "./adapters/hmac.ts";
import { jfrog } from "./adapters/jfrog.ts";
import { nexus } from "./adapters/nexus.ts";
import { quay } from "./adapters/quay.ts";

/** A hook with its adapter. */
export interface BoundHook {
  readonly settings: HookSettings;
  checkHead(head: RequestHead, keys: KeySource, now: Date): Promise<Verdict>;
  /** `undefined`: checking the head is enough. */
  readonly checkBody: BodyCheck | undefined;
  read(body: unknown, head: RequestHead): Reading;
  /** Whether it answers the CloudEvents handshake ("may I send events here?"). */
  readonly handshake: boolean;
}

/** Finds the adapter of a hook's kind. */
export function bindHook(settings: HookSettings): BoundHook {
  switch (settings.kind) {
    case "dockerhub":
      return bound(dockerHub, settings);
    case "quay":
      return bound(quay, settings);
    case "jfrog":
      return bound(jfrog, settings);
    case "nexus":
      return bound(nexus, settings);
    case "hmac":
      return bound(hmac, settings);
    case "eventgrid":
      return bound(eventGrid, settings);
    case "gar":
      return bound(gar, settings);
    case "github-actions":
      return bound(githubActions, settings);
    case "harbor":
    case "ecr":
    case "acr":
    case "distribution":
    case "gitlab":
    case "cloudevents":
      return bound(headerAdapters[settings.kind], settings);
    default:
      return settings satisfies never;
  }
}

const headerAdapters: Readonly<Record<HeaderHook["kind"], Adapter<HeaderHook>>> = {
  harbor,
  ecr,
  acr,
  distribution,
  // GitLab's registry is a Distribution registry.
  gitlab: distribution,
  cloudevents: cloudEvents,
};

function bound<S extends HookSettings>(adapter: Adapter<S>, settings: S): BoundHook {
  return {
    settings,
    checkHead: async (head, keys, now) => adapter.checkHead(head, settings, keys, now),
    checkBody: adapter.bodyCheck?.(settings),
    read: (body, head) => adapter.read(body, head, settings),
    handshake: adapter.handshake ?? false,
  };
}
