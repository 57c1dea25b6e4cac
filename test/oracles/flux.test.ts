import { holdAgainst } from "./support/hold.ts";

holdAgainst("flux", "SLUICE_ORACLE_FLUX");
