import { trialBalance } from "@commops/core/ledger";
import { on, routes } from "../route.ts";

export const ledgerRoutes = routes({
  "GET /ledger/trial-balance": on(trialBalance, "Debits, credits and balance of every account", {
    isOperatorsOnly: true,
  }),
});
