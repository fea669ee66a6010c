import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { shownValue } from "../plain-data.ts";
import { useSession } from "../session/session.ts";
import { ExplainBranch, type Explained } from "./explain-tree.tsx";

type Verification = NonNullable<Explained["verification"]>;

/** Says equal, or where the first difference is. */
const Verdict = ({ verification }: { readonly verification: Verification }) => {
  const found = verification.first_difference;
  return verification.equal ? (
    <Notice tone="good" title="Equal">
      Everything was computed again from what is stored, and came to the same:{" "}
      {verification.checks.map((one) => one.check.replaceAll("_", " ")).join(", ")}.
    </Notice>
  ) : (
    <Notice tone="bad" title={`Not equal: ${found?.check.replaceAll("_", " ") ?? "unknown"}`}>
      {found && (
        <>
          At <code className="font-mono break-all">{found.path}</code> stored is {shownValue(found.stored)}, recomputed{" "}
          {shownValue(found.recomputed)}.
        </>
      )}
    </Notice>
  );
};

/** The button that has everything computed again, and what came of it. */
export const Verify = ({ invoiceId }: { readonly invoiceId: `INV-${string}` }) => {
  const [isAsked, setAsked] = useState(false);
  const query = useAnswer(
    "GET /invoices/{invoice_id}/explain",
    { invoice_id: invoiceId, verify: true },
    { isEnabled: isAsked },
  );
  const verification = query.data?.verification;
  const verify = (): void => {
    setAsked(true);
    if (isAsked) query.refetch().catch(() => undefined);
  };
  return (
    <div className="space-y-2">
      <Button onClick={verify} isBusy={query.isFetching}>
        Verify: compute it again
      </Button>
      <div aria-live="polite">
        {verification && <Verdict verification={verification} />}
        {query.isError && (
          <Ready query={query} what="the verification">
            {() => null}
          </Ready>
        )}
      </div>
    </div>
  );
};

/** From the total down to the CUR lines. */
export const Explanation = ({ invoiceId, month }: { readonly invoiceId: `INV-${string}`; readonly month: string }) => {
  const session = useSession();
  const query = useAnswer("GET /invoices/{invoice_id}/explain", { invoice_id: invoiceId });
  return (
    <div className="space-y-4 p-4">
      {session.tenant_id === null && <Verify invoiceId={invoiceId} />}
      <Ready query={query} what="the explanation">
        {(explained) => <ExplainBranch node={explained.tree} currency={explained.currency} month={month} isOpen />}
      </Ready>
    </div>
  );
};
