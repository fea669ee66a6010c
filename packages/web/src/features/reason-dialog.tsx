import { type SubmitEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Prompt } from "../ui/drawer.tsx";
import { TextArea } from "../ui/field.tsx";

interface ReasonDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly lead: string;
  readonly verb: string;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onReason: (reason: string) => void;
}

/** Asks for a reason before something is refused or closed. */
export const ReasonDialog = ({ isOpen, title, lead, verb, isBusy, onClose, onReason }: ReasonDialogProps) => {
  const [reason, setReason] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onReason(reason.trim());
    setReason("");
  };
  return (
    <Prompt isOpen={isOpen} title={title} lead={lead} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <TextArea label="Reason" value={reason} onText={setReason} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={isBusy} disabled={reason.trim() === ""}>
            {verb}
          </Button>
        </div>
      </form>
    </Prompt>
  );
};
