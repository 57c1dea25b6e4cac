import { pino } from "pino";
import { type ApplicationFunction, Probot } from "probot";
import { registerWebhooks, type WebhookOptions } from "./webhooks/register.ts";

/** The Probot app: which event goes to which handler. Handlers only enqueue; a worker does the work. */
export function sluiceApp(options: WebhookOptions): ApplicationFunction {
  return (app) => registerWebhooks(app, options);
}

/** What a loaded Probot needs. */
export interface ProbotOptions {
  /** The App's registration. The secret is required, for Probot would take "development" instead of none. */
  readonly app: { readonly id: number; readonly privateKey: string; readonly webhookSecret: string };
  /** `https://api.github.com`, or `https://<host>/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly queue: WebhookOptions["queue"];
}

/**
 * Probot with the app loaded, ready for `receiveDelivery`. Probot's own log is off: it would write whole payloads, and
 * what fails is thrown to the queue, which logs it once.
 */
export async function loadProbot({ app, apiUrl, queue }: ProbotOptions): Promise<Probot> {
  const { id: appId, privateKey, webhookSecret: secret } = app;
  const probot = new Probot({ appId, privateKey, secret, baseUrl: apiUrl, log: pino({ level: "silent" }) });
  await probot.load(sluiceApp({ queue, appId }));
  return probot;
}
