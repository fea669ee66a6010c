import { useState } from "react";
import { Button, Key } from "../../ui/button.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { faultOf } from "../answers.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import type { Request } from "./request.ts";
import type { Decisions } from "./use-inbox.ts";

interface DecideBarProps {
  readonly request: Request;
  readonly decisions: Decisions;
  readonly isRejecting: boolean;
  readonly onRejecting: (isRejecting: boolean) => void;
}

/** Approve, or send back with a reason; what came of it stands below. */
export const DecideBar = ({ request, decisions, isRejecting, onRejecting }: DecideBarProps) => {
  const { approving, rejecting, mayDecide } = decisions;
  if (!mayDecide || request.approval.state !== "pending") return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-3">
      <Button look="primary" isBusy={approving.isPending} onClick={() => decisions.approve(request)}>
        Approve <Key>A</Key>
      </Button>
      <Button isBusy={rejecting.isPending} onClick={() => onRejecting(true)}>
        Send back <Key>R</Key>
      </Button>
      <span className="text-xs text-muted">for exactly the digest below: a draft that changed since is refused</span>
      <ReasonDialog
        isOpen={isRejecting}
        title={`Send back ${request.approval.subject_id}`}
        lead="It goes back to who prepared it, with your reason."
        verb="Send back"
        isBusy={rejecting.isPending}
        onClose={() => onRejecting(false)}
        onReason={(reason) => {
          onRejecting(false);
          decisions.reject(request, reason);
        }}
      />
    </div>
  );
};

/** What became of the last decisions. */
export const Outcomes = ({ decisions }: { readonly decisions: Decisions }) => {
  const { approving, rejecting, approvingMany } = decisions;
  const fault = [approving, rejecting, approvingMany].find((change) => change.isError);
  const items = approvingMany.data?.items ?? [];
  const refused = items.filter((item) => item.outcome === "refused");
  return (
    <div aria-live="polite" className="space-y-2 empty:hidden">
      {fault && <FaultNotice title="Not decided" fault={faultOf(fault.error)} />}
      {approving.isSuccess && <Notice tone="good">{approving.data.subject_id} is approved and took effect.</Notice>}
      {rejecting.isSuccess && <Notice tone="quiet">{rejecting.data.subject_id} was sent back.</Notice>}
      {items.length > 0 && (
        <Notice
          tone={refused.length === 0 ? "good" : "warn"}
          title={`${items.length - refused.length} of ${items.length} issued`}
        >
          {refused.map((item) => (
            <p key={item.invoice_id}>
              {item.invoice_id}: {item.message}
            </p>
          ))}
        </Notice>
      )}
    </div>
  );
};

const KEY = "commops-keys";

/** Whether single keys act on this page; kept for the next visit. */
export const useKeySwitch = (): readonly [boolean, () => void] => {
  const [isOn, setOn] = useState(() => localStorage.getItem(KEY) !== "off");
  const toggle = (): void => {
    localStorage.setItem(KEY, isOn ? "off" : "on");
    setOn(!isOn);
  };
  return [isOn, toggle];
};
