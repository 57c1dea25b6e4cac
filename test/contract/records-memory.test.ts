import { memoryRecords } from "../support/memory-records.ts";
import { recordsContract } from "./records-contract.ts";

recordsContract("memory", async (_prefix, clock) => ({ records: memoryRecords(clock), close: async () => undefined }));
