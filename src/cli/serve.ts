import { serve } from "../main.ts";
import { EXIT } from "./command.ts";
import type { ServeContext } from "./definitions/serve.ts";

/** Carries out `sluice serve`. */
export async function runServe({ env, signal, stderr, paintError }: ServeContext): Promise<number> {
  signal.addEventListener("abort", () => stderr.write("Stopping: running jobs end first.\n"), { once: true });
  await serve(env, signal, ({ url }) => {
    stderr.write(`${paintError.green("✓")} Sluice is up${url === undefined ? "" : ` on ${url}`}\n`);
  });
  return EXIT.ok;
}
