import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Button, Key } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { useKeys } from "../../ui/keys.ts";
import { Empty } from "../../ui/notice.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { stateText } from "../../ui/status.tsx";
import { Ready } from "../answers.tsx";
import { searchWord } from "../search.ts";
import { type ApprovalsSearch, KINDS, STATES } from "./approvals-search.ts";
import { DecideBar, Outcomes, useKeySwitch } from "./decide-bar.tsx";
import { InboxList } from "./inbox-list.tsx";
import { isUnremarkable, type Request } from "./request.ts";
import { RequestDetail } from "./request-detail.tsx";
import { type Decisions, useDecisions, useInbox, useTicks } from "./use-inbox.ts";

const route = getRouteApi("/approvals");

const Filters = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: ApprovalsSearch): void => {
    navigate({ search: (before) => ({ ...before, selected: undefined, ...part }), replace: true }).catch(
      () => undefined,
    );
  };
  return (
    <div className="grid grid-cols-2 gap-3 border-b border-line p-4">
      <Select
        label="State"
        options={STATES.map((state) => [state, stateText(state)] as const)}
        value={search.state ?? "pending"}
        onChange={(event) => change({ state: searchWord(STATES, event.target.value) })}
      />
      <Select
        label="Kind"
        options={[["", "Every kind"], ...KINDS.map((kind) => [kind, stateText(kind)] as const)]}
        value={search.kind ?? ""}
        onChange={(event) => change({ kind: searchWord(KINDS, event.target.value) })}
      />
    </div>
  );
};

const KEYS = [
  ["J", "next"],
  ["K", "previous"],
  ["X", "select"],
  ["A", "approve"],
  ["R", "send back"],
] as const;

const KeysHint = ({ isOn, onToggle }: { readonly isOn: boolean; readonly onToggle: () => void }) => (
  <div className="hidden items-center gap-3 text-xs text-muted md:flex">
    {isOn && (
      <span className="flex flex-wrap gap-x-3">
        {KEYS.map(([key, meaning]) => (
          <span key={key}>
            <Key>{key}</Key> {meaning}
          </span>
        ))}
      </span>
    )}
    <Button look="quiet" aria-pressed={isOn} onClick={onToggle}>
      Keys {isOn ? "on" : "off"}
    </Button>
  </div>
);

interface BulkProps {
  readonly requests: readonly Request[];
  readonly ticks: ReturnType<typeof useTicks>;
  readonly decisions: Decisions;
}

const Bulk = ({ requests, ticks, decisions }: BulkProps) => {
  const plain = requests.filter((one) => one.approval.state === "pending" && isUnremarkable(one));
  if (!decisions.mayDecide || requests.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
      <Button look="quiet" onClick={() => ticks.set(plain.map((one) => one.approval.approval_id))}>
        Select the {plain.length} unremarkable
      </Button>
      <Button
        look="primary"
        disabled={ticks.ticked.length === 0}
        isBusy={decisions.approvingMany.isPending}
        onClick={() => {
          decisions.approveMany(ticks.ticked);
          ticks.set([]);
        }}
      >
        Approve {ticks.ticked.length} selected
      </Button>
    </div>
  );
};

interface InboxPanelProps extends BulkProps {
  readonly inbox: ReturnType<typeof useInbox>;
}

const InboxPanel = ({ inbox, requests, ticks, decisions }: InboxPanelProps) => (
  <Panel isFlush>
    <Filters />
    <Bulk requests={requests} ticks={ticks} decisions={decisions} />
    <Ready query={inbox.query} what="the inbox">
      {() =>
        requests.length === 0 ? (
          <Empty title="The inbox is empty">Nothing waits for a decision here.</Empty>
        ) : (
          <InboxList
            requests={requests}
            current={inbox.current}
            ticks={ticks.ids}
            mayDecide={decisions.mayDecide}
            onOpen={inbox.select}
            onTick={ticks.toggle}
          />
        )
      }
    </Ready>
  </Panel>
);

/** The inbox of decisions: what changed and why, then approve or send back. */
export const ApprovalsPage = () => {
  const inbox = useInbox();
  const { requests, current, step } = inbox;
  const decisions = useDecisions();
  const ticks = useTicks(requests);
  const [isRejecting, setRejecting] = useState(false);
  const [hasKeys, toggleKeys] = useKeySwitch();
  const mayAct = decisions.mayDecide && current?.approval.state === "pending" && !decisions.approving.isPending;
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => current && ticks.toggle(current.approval.approval_id),
    a: () => mayAct && decisions.approve(current),
    r: () => mayAct && setRejecting(true),
  };
  useKeys(hasKeys ? keys : {});
  return (
    <>
      <PageHead
        title="Approvals"
        lead="What others prepared and a second person decides: what moved against last month, and why."
        actions={<KeysHint isOn={hasKeys} onToggle={toggleKeys} />}
      />
      <Outcomes decisions={decisions} />
      <div className="mt-3 grid items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <InboxPanel inbox={inbox} requests={requests} ticks={ticks} decisions={decisions} />
        <Panel isFlush className="overflow-hidden">
          {current ? (
            <>
              <DecideBar request={current} decisions={decisions} isRejecting={isRejecting} onRejecting={setRejecting} />
              <RequestDetail request={current} />
            </>
          ) : (
            <Empty title="No request is open">Choose one from the list.</Empty>
          )}
        </Panel>
      </div>
    </>
  );
};
