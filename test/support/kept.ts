import { fileURLToPath } from "node:url";

/** The folder of what one run of the tests makes and the following ones use. */
export const keptForTests = fileURLToPath(new URL("../../.cache/tests", import.meta.url));
