import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Prompt } from "../../ui/drawer.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { faultOf, useChange } from "../answers.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { may, useSession } from "../session/session.ts";
import type { Invoice } from "./document.tsx";
import { RecordPayment } from "./record-payment.tsx";

const RETURNABLE = ["pending_approval", "approved"];
const DISCARDABLE = ["draft", "pending_approval", "approved"];
const PAYABLE = ["issued", "partially_paid"];

/** The moves that an invoice can make, for the reader's role. */
const useMoves = (invoice: Invoice) => {
  const submit = useChange("POST /invoices/{invoice_id}:submit");
  const approve = useChange("POST /invoices/{invoice_id}:approve");
  const issue = useChange("POST /invoices/{invoice_id}:issue");
  const sendBack = useChange("POST /invoices/{invoice_id}:send-back");
  const discard = useChange("POST /invoices/{invoice_id}:void");
  const failed = [submit, approve, issue, sendBack, discard].find((move) => move.isError);
  return {
    id: invoice.invoice_id,
    submit,
    approve,
    issue,
    sendBack,
    discard,
    fault: failed ? faultOf(failed.error) : undefined,
  };
};

type Moves = ReturnType<typeof useMoves>;

type Asked = "send-back" | "discard" | undefined;

interface DialogsProps {
  readonly invoice: Invoice;
  readonly moves: Moves;
  readonly asked: Asked;
  readonly onDone: () => void;
}

/** What is asked before a draft goes back, or goes. */
const DraftDialogs = ({ invoice, moves, asked, onDone }: DialogsProps) => (
  <>
    <ReasonDialog
      isOpen={asked === "send-back"}
      title="Send back"
      lead="The draft goes back to who prepared it, with your reason."
      verb="Send back"
      isBusy={moves.sendBack.isPending}
      onClose={onDone}
      onReason={(reason) => {
        onDone();
        moves.sendBack.mutate({ invoice_id: moves.id, reason, digest: invoice.digest });
      }}
    />
    <Prompt
      isOpen={asked === "discard"}
      title={`Discard ${invoice.invoice_id}?`}
      lead="The tenant and month are free for a new draft then. What is issued is never discarded."
      onClose={onDone}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Keep it</Button>
        <Button
          look="danger"
          onClick={() => {
            onDone();
            moves.discard.mutate({ invoice_id: moves.id });
          }}
        >
          Discard
        </Button>
      </div>
    </Prompt>
  </>
);

interface NextMove {
  readonly name: string;
  readonly isBusy: boolean;
  readonly go: () => void;
}

/** The one move that takes the invoice on, where the reader may make it. */
const useNextMove = (invoice: Invoice, moves: Moves): NextMove | undefined => {
  const session = useSession();
  const { id, submit, approve, issue } = moves;
  if (invoice.status === "draft" && may(session, "billing:write"))
    return { name: "Submit for approval", isBusy: submit.isPending, go: () => submit.mutate({ invoice_id: id }) };
  if (!may(session, "billing:approve")) return undefined;
  if (invoice.status === "pending_approval")
    return {
      name: "Approve and issue",
      isBusy: approve.isPending,
      go: () => approve.mutate({ invoice_id: id, digest: invoice.digest }),
    };
  return invoice.status === "approved"
    ? { name: "Issue", isBusy: issue.isPending, go: () => issue.mutate({ invoice_id: id }) }
    : undefined;
};

const DraftMoves = ({ invoice, moves }: { readonly invoice: Invoice; readonly moves: Moves }) => {
  const session = useSession();
  const [asked, setAsked] = useState<Asked>(undefined);
  const next = useNextMove(invoice, moves);
  const mayWrite = may(session, "billing:write");
  const maySendBack = mayWrite || may(session, "billing:approve");
  return (
    <>
      {next && (
        <Button look="primary" isBusy={next.isBusy} onClick={next.go}>
          {next.name}
        </Button>
      )}
      {RETURNABLE.includes(invoice.status) && maySendBack && (
        <Button onClick={() => setAsked("send-back")}>Send back</Button>
      )}
      {DISCARDABLE.includes(invoice.status) && mayWrite && (
        <Button look="danger" onClick={() => setAsked("discard")}>
          Discard
        </Button>
      )}
      <DraftDialogs invoice={invoice} moves={moves} asked={asked} onDone={() => setAsked(undefined)} />
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
  const mayPay = (may(session, "payments:write") || may(session, "self:write")) && PAYABLE.includes(invoice.status);
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
