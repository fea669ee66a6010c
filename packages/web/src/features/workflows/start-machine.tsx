import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Prompt } from "../../ui/drawer.tsx";
import { Select, TextArea, TextField } from "../../ui/field.tsx";
import { FaultNotice } from "../../ui/notice.tsx";
import { faultOf, useAnswer, useChange } from "../answers.tsx";
import { fieldsOf } from "../plain-data.ts";
import { may, useSession } from "../session/session.ts";

/** The fields that a text names, or why it names none. */
const readInput = (text: string): { readonly input: Record<string, unknown> } | { readonly fault: string } => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { input: { ...fieldsOf(value) } };
  } catch {
    // Said below.
  }
  return { fault: 'The input is no JSON object. Write one, for example {"period": "2026-06"}, or {} for none.' };
};

const StartForm = ({
  machine: first,
  onClose,
}: {
  readonly machine: string | undefined;
  readonly onClose: () => void;
}) => {
  const machines = useAnswer("GET /workflows/machines", {});
  const list = machines.data?.machines ?? [];
  const [machine, setMachine] = useState(first);
  const [text, setText] = useState("{}");
  const [fault, setFault] = useState<string>();
  const navigate = useNavigate();
  const starting = useChange("POST /workflows/executions", ({ execution_id: executionId }) => {
    onClose();
    navigate({ to: "/workflows/$executionId", params: { executionId } }).catch(() => undefined);
  });
  const chosen = machine ?? list[0]?.machine ?? "";
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const read = readInput(text);
    setFault("fault" in read ? read.fault : undefined);
    const name = new FormData(event.currentTarget).get("name");
    if ("input" in read)
      starting.mutate({
        machine: chosen,
        input: read.input,
        ...(typeof name === "string" && name.trim() !== "" ? { name: name.trim() } : {}),
      });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Select
        label="Machine"
        options={list.map((one) => [one.machine, one.machine] as const)}
        value={chosen}
        onChange={(event) => setMachine(event.target.value)}
      />
      <p className="text-sm text-muted empty:hidden">{list.find((one) => one.machine === chosen)?.comment}</p>
      <TextArea label="Input, as JSON" rows={6} maxLength={100_000} value={text} onText={setText} />
      <TextField label="Name (optional)" name="name" placeholder="one is made" maxLength={80} />
      {fault !== undefined && <FaultNotice fault={{ message: fault }} />}
      {starting.isError && <FaultNotice title="Not started" fault={faultOf(starting.error)} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={starting.isPending} disabled={chosen === ""}>
          Start
        </Button>
      </div>
    </form>
  );
};

/** Starts a machine by hand. */
export const StartMachine = ({ machine }: { readonly machine: string | undefined }) => {
  const [isOpen, setOpen] = useState(false);
  if (!may(useSession(), "workflows:write")) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Start a machine</Button>
      <Prompt
        isOpen={isOpen}
        title="Start a machine"
        lead="It does its work now, as its schedule would; what was done before is not done twice."
        onClose={() => setOpen(false)}
      >
        <StartForm machine={machine} onClose={() => setOpen(false)} />
      </Prompt>
    </>
  );
};
