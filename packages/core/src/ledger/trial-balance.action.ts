import { z } from "zod";
import { dayInput, forbidden, usdOfMinor } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { selectBalances } from "./ledger.store.ts";

/** Debits, credits and balance of every account in US dollars; the whole is zero after any sequence of postings. */
export const trialBalance = view(
  "ledger.trial-balance",
  { needs: ["billing:read", "recon:read"], input: z.object({ until: dayInput.optional() }) },
  async (door, input) => {
    if (door.actor.tenantId !== undefined)
      throw forbidden("the books are the operator's: a tenant's token does not reach them.");
    const balances = await door.load((tx) => selectBalances(tx, door.rows, input.until));
    const accounts = balances.map((row) => ({
      account_code: row.accountCode,
      name: row.name,
      type: row.type,
      debit: usdOfMinor(BigInt(row.debit)),
      credit: usdOfMinor(BigInt(row.credit)),
      balance: usdOfMinor(BigInt(row.debit) - BigInt(row.credit)),
    }));
    const total = (side: "debit" | "credit"): bigint => balances.reduce((sum, row) => sum + BigInt(row[side]), 0n);
    const [debits, credits] = [total("debit"), total("credit")];
    return {
      currency: "USD",
      accounts,
      debits: usdOfMinor(debits),
      credits: usdOfMinor(credits),
      difference: usdOfMinor(debits - credits),
      is_balanced: debits === credits,
    };
  },
);
