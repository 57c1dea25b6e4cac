import { request } from "undici";

/** Whether an address answers well. */
export async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(600_000) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
