import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";

type Account = Answer<"GET /ledger/trial-balance">["accounts"][number];

const COLUMNS: readonly Column<Account>[] = [
  {
    key: "account",
    head: "Account",
    cell: (row) => (
      <>
        <span className="figures mr-2 text-muted">{row.account_code}</span>
        {row.name}
      </>
    ),
  },
  { key: "type", head: "Type", isMinor: true, cell: (row) => row.type },
  { key: "debit", head: "Debit", align: "right", isMinor: true, cell: (row) => <Amount value={row.debit} isBare /> },
  { key: "credit", head: "Credit", align: "right", isMinor: true, cell: (row) => <Amount value={row.credit} isBare /> },
  { key: "balance", head: "Balance", align: "right", cell: (row) => <Amount value={row.balance} isBare /> },
];

/** The trial balance over everything that was ever posted; it is zero, or the books are wrong. */
export const Books = () => {
  const query = useAnswer("GET /ledger/trial-balance", {});
  return (
    <Panel
      title="Books, all periods"
      isFlush
      aside={
        query.data && (
          <Chip tone={query.data.is_balanced ? "good" : "bad"}>
            {query.data.is_balanced ? "balanced" : "out of balance"}
          </Chip>
        )
      }
    >
      <Ready query={query} what="the trial balance">
        {(balance) => (
          <>
            <Table
              caption={`Trial balance, ${balance.currency}`}
              columns={COLUMNS}
              rows={balance.accounts}
              keyOf={(row) => row.account_code}
            />
            <p className="flex flex-wrap justify-end gap-x-6 gap-y-1 border-t border-line px-4 py-3 text-sm">
              <span>
                Debits <Amount className="ml-1 font-semibold" value={balance.debits} currency={balance.currency} />
              </span>
              <span>
                Credits <Amount className="ml-1 font-semibold" value={balance.credits} currency={balance.currency} />
              </span>
              <span>
                Left over{" "}
                <Amount className="ml-1 font-semibold" value={balance.difference} currency={balance.currency} />
              </span>
            </p>
          </>
        )}
      </Ready>
    </Panel>
  );
};
