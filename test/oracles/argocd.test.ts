import { holdAgainst } from "./support/hold.ts";

holdAgainst("argocd", "SLUICE_ORACLE_ARGOCD");
