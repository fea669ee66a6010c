import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { DayText } from "../../ui/moment.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { paymentIdOf } from "../ids.ts";
import { InvoiceLink } from "../invoice-link.tsx";
import { useTenantName } from "../names.ts";
import { ReasonDialog } from "../reason-dialog.tsx";
import { may, useSession } from "../session/session.ts";

type Payment = Answer<"GET /payments">["payments"][number];

const Decide = ({ payment }: { readonly payment: Payment }) => {
  const session = useSession();
  const [isRejecting, setRejecting] = useState(false);
  const approving = useChange("POST /payments/{payment_id}:approve");
  const rejecting = useChange("POST /payments/{payment_id}:reject");
  const failed = [approving, rejecting].find((change) => change.isError);
  const mayApprove = may(session, "billing:approve");
  const id = paymentIdOf(payment.payment_id);
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap gap-2">
        {mayApprove && (
          <Button
            look="primary"
            isBusy={approving.isPending}
            onClick={() => approving.mutate({ payment_id: id, digest: payment.digest })}
          >
            Approve
          </Button>
        )}
        {(mayApprove || may(session, "payments:write")) && <Button onClick={() => setRejecting(true)}>Reject</Button>}
      </div>
      {failed && <FaultNotice title="Not decided" fault={faultOf(failed.error)} />}
      <ReasonDialog
        isOpen={isRejecting}
        title={`Reject ${payment.provider_ref}`}
        lead="The payment fails with your reason; its reference stays used."
        verb="Reject"
        isBusy={rejecting.isPending}
        onClose={() => setRejecting(false)}
        onReason={(reason) => {
          setRejecting(false);
          rejecting.mutate({ payment_id: id, reason, digest: payment.digest });
        }}
      />
    </div>
  );
};

const PendingRow = ({ payment }: { readonly payment: Payment }) => {
  const nameOf = useTenantName();
  const session = useSession();
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 p-4">
      <div className="min-w-0 text-sm">
        <p className="font-medium">
          {nameOf(payment.tenant_id)}: <Amount value={payment.amount} currency={payment.currency} />
        </p>
        <p className="text-muted">
          {payment.provider_ref}, received <DayText day={payment.received_on} />
          {payment.invoice_id !== null && (
            <>
              , for <InvoiceLink id={payment.invoice_id} />
            </>
          )}
        </p>
        {payment.recorded_by === session.actor_id && (
          <div className="mt-2">
            <Notice tone="quiet">You recorded this: another person has to approve it.</Notice>
          </div>
        )}
      </div>
      <Decide payment={payment} />
    </li>
  );
};

/** Manual payments that wait for a second person; nothing where none does. */
export const Pending = () => {
  const query = useAnswer("GET /payments", { status: "pending", page_size: 200 });
  if (query.data?.payments.length === 0) return null;
  return (
    <Panel title="Wait for a second person" isFlush>
      <Ready query={query} what="the pending payments">
        {({ payments }) => (
          <ul className="divide-y divide-line">
            {payments.map((payment) => (
              <PendingRow key={payment.payment_id} payment={payment} />
            ))}
          </ul>
        )}
      </Ready>
    </Panel>
  );
};
