import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Prompt } from "../../ui/drawer.tsx";
import { TextField } from "../../ui/field.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { faultOf, useChange } from "../answers.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { may, useSession } from "../session/session.ts";
import type { Invoice } from "./document.tsx";

const APPROVABLE = "pending_approval";
const DISCARDABLE = ["draft", "pending_approval", "approved"];
const PAYABLE = ["issued", "partially_paid"];

const RecordPayment = ({ invoice }: { readonly invoice: Invoice }) => {
  const [isOpen, setOpen] = useState(false);
  const [amount, setAmount] = useState(invoice.open_usd_exact);
  const [reference, setReference] = useState("");
  const recording = useChange("POST /payments", () => setOpen(false));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    recording.mutate({
      invoice_id: invoice.invoice_id,
      method: "bank_transfer",
      amount_usd: amount,
      provider_ref: reference.trim(),
    });
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Record bank transfer</Button>
      <Prompt
        isOpen={isOpen}
        title="Record a bank transfer"
        lead="It is pending, and settles nothing, until a second person approves it."
        onClose={() => setOpen(false)}
      >
        <form onSubmit={submit} className="space-y-4">
          <TextField label="Amount in USD" inputMode="decimal" required value={amount} onChange={(event) => setAmount(event.target.value)} />
          <TextField
            label="The bank's reference"
            required
            maxLength={140}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
          />
          {recording.isError && <FaultNotice title="Not recorded" fault={faultOf(recording.error)} />}
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button type="submit" look="primary" isBusy={recording.isPending}>
              Record
            </Button>
          </div>
        </form>
      </Prompt>
      {recording.isSuccess && <Notice tone="good">Recorded as {recording.data.payment_id}; it waits for a second person.</Notice>}
    </>
  );
};

/** The moves that an invoice can make, for the reader's role. */
const useMoves = (invoice: Invoice) => {
  const submit = useChange("POST /invoices/{invoice_id}:submit");
  const approve = useChange("POST /invoices/{invoice_id}:approve");
  const issue = useChange("POST /invoices/{invoice_id}:issue");
  const sendBack = useChange("POST /invoices/{invoice_id}:send-back");
  const discard = useChange("POST /invoices/{invoice_id}:void");
  const failed = [submit, approve, issue, sendBack, discard].find((move) => move.isError);
  return { id: invoice.invoice_id, submit, approve, issue, sendBack, discard, fault: failed ? faultOf(failed.error) : undefined };
};

type Moves = ReturnType<typeof useMoves>;

const DraftMoves = ({ invoice, moves }: { readonly invoice: Invoice; readonly moves: Moves }) => {
  const session = useSession();
  const [asked, setAsked] = useState<"send-back" | "discard" | undefined>(undefined);
  const mayApprove = may(session, "billing:approve");
  const mayWrite = may(session, "billing:write");
  const isWaiting = invoice.status === APPROVABLE;
  return (
    <>
      {invoice.status === "draft" && mayWrite && (
        <Button look="primary" isBusy={moves.submit.isPending} onClick={() => moves.submit.mutate({ invoice_id: moves.id })}>
          Submit for approval
        </Button>
      )}
      {isWaiting && mayApprove && (
        <Button
          look="primary"
          isBusy={moves.approve.isPending}
          onClick={() => moves.approve.mutate({ invoice_id: moves.id, digest: invoice.digest })}
        >
          Approve and issue
        </Button>
      )}
      {invoice.status === "approved" && mayApprove && (
        <Button look="primary" isBusy={moves.issue.isPending} onClick={() => moves.issue.mutate({ invoice_id: moves.id })}>
          Issue
        </Button>
      )}
      {(isWaiting || invoice.status === "approved") && (mayApprove || mayWrite) && (
        <Button onClick={() => setAsked("send-back")}>Send back</Button>
      )}
      {DISCARDABLE.includes(invoice.status) && mayWrite && (
        <Button look="danger" onClick={() => setAsked("discard")}>
          Discard
        </Button>
      )}
      <ReasonDialog
        isOpen={asked === "send-back"}
        title="Send back"
        lead="The draft goes back to who prepared it, with your reason."
        verb="Send back"
        isBusy={moves.sendBack.isPending}
        onClose={() => setAsked(undefined)}
        onReason={(reason) => {
          setAsked(undefined);
          moves.sendBack.mutate({ invoice_id: moves.id, reason, digest: invoice.digest });
        }}
      />
      <Prompt
        isOpen={asked === "discard"}
        title={`Discard ${invoice.invoice_id}?`}
        lead="The tenant and month are free for a new draft then. What is issued is never discarded."
        onClose={() => setAsked(undefined)}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsked(undefined)}>Keep it</Button>
          <Button
            look="danger"
            onClick={() => {
              setAsked(undefined);
              moves.discard.mutate({ invoice_id: moves.id });
            }}
          >
            Discard
          </Button>
        </div>
      </Prompt>
    </>
  );
};

const FORMATS = ["pdf", "csv"] as const;

const Downloads = ({ invoice }: { readonly invoice: Invoice }) => {
  const linking = useChange("GET /invoices/{invoice_id}/export", ({ url }) => window.location.assign(url));
  return (
    <>
      {FORMATS.map((format) => (
        <Button
          key={format}
          isBusy={linking.isPending && linking.variables.format === format}
          onClick={() => linking.mutate({ invoice_id: invoice.invoice_id, format })}
        >
          {format.toUpperCase()}
        </Button>
      ))}
      {linking.isError && <FaultNotice title="No file" fault={faultOf(linking.error)} />}
    </>
  );
};

/** What can be done with the invoice where it stands, by who looks at it. */
export const InvoiceActions = ({ invoice }: { readonly invoice: Invoice }) => {
  const session = useSession();
  const moves = useMoves(invoice);
  const mayPay = may(session, "payments:write") && PAYABLE.includes(invoice.status);
  return (
    <div className="flex w-full flex-col items-stretch gap-2 sm:w-auto sm:items-end">
      <div className="flex flex-wrap gap-2">
        <DraftMoves invoice={invoice} moves={moves} />
        {mayPay && <RecordPayment invoice={invoice} />}
        <Downloads invoice={invoice} />
      </div>
      {moves.fault && (
        <div className="max-w-xl">
          <FaultNotice title="Not done" fault={moves.fault} />
        </div>
      )}
      {moves.approve.isSuccess && invoice.number !== null && (
        <Notice tone="good">Approved and issued under the number {invoice.number}.</Notice>
      )}
    </div>
  );
};
