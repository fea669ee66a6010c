import { type SubmitEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Prompt } from "../../ui/drawer.tsx";
import { TextField } from "../../ui/field.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { faultOf, useChange } from "../answers.tsx";
import { useSession } from "../session/session.ts";
import type { Invoice } from "./document.tsx";

/** Takes down money that came by bank transfer; a tenant says so, finance records it, a second person approves. */
export const RecordPayment = ({ invoice }: { readonly invoice: Invoice }) => {
  const isTenant = useSession().tenant_id !== null;
  const [isOpen, setOpen] = useState(false);
  const [amount, setAmount] = useState(invoice.open_usd_exact);
  const [reference, setReference] = useState("");
  const recording = useChange("POST /payments", () => setOpen(false));
  const submit = (event: SubmitEvent): void => {
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
      <Button onClick={() => setOpen(true)}>{isTenant ? "I paid by bank transfer" : "Record bank transfer"}</Button>
      <Prompt
        isOpen={isOpen}
        title="Record a bank transfer"
        lead="It is pending, and settles nothing, until a second person approves it."
        onClose={() => setOpen(false)}
      >
        <form onSubmit={submit} className="space-y-4">
          <TextField
            label="Amount in USD"
            inputMode="decimal"
            required
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
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
      {recording.isSuccess && (
        <Notice tone="good">Recorded as {recording.data.payment_id}; it waits for a second person.</Notice>
      )}
    </>
  );
};
