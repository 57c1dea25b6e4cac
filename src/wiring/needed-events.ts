import { HANDLED } from "../webhooks/register.ts";

/** Events that an App has to subscribe to; those of its installation come by themselves. */
export const NEEDED_EVENTS: readonly string[] = Object.keys(HANDLED).filter(
  (event) => !["installation", "installation_repositories", "package"].includes(event),
);
