import type { ApplicationFunction } from "probot";
import { registerWebhooks, type WebhookOptions } from "./webhooks/register.ts";

/** The Probot app: which event goes to which handler. Handlers only enqueue; a worker does the work. */
export function sluiceApp(options: WebhookOptions): ApplicationFunction {
  return (app) => registerWebhooks(app, options);
}
