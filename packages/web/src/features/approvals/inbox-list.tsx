import { Amount } from "../../ui/amount.tsx";
import { cx } from "../../ui/class-names.ts";
import { Age } from "../../ui/moment.tsx";
import { isUnremarkable, type Request } from "./request.ts";

const KIND_NAMES = { invoice: "Invoice", manual_payment: "Payment", rule_promotion: "Rules" } as const;

interface ItemProps {
  readonly request: Request;
  readonly isCurrent: boolean;
  readonly isTicked: boolean;
  readonly mayTick: boolean;
  readonly onOpen: () => void;
  readonly onTick: () => void;
}

const Item = ({ request, isCurrent, isTicked, mayTick, onOpen, onTick }: ItemProps) => {
  const { approval, moves } = request;
  return (
    <li className={cx("flex items-stretch", isCurrent && "bg-accent-soft")}>
      {mayTick && (
        <label className="flex items-center py-2 pr-1 pl-4">
          <span className="sr-only">Select {request.title}</span>
          <input type="checkbox" className="size-4 accent-[var(--accent)]" checked={isTicked} onChange={onTick} />
        </label>
      )}
      <button
        type="button"
        aria-current={isCurrent ? "true" : undefined}
        onClick={onOpen}
        className={cx("min-w-0 flex-1 px-3 py-2.5 text-left -outline-offset-2", !isCurrent && "hover:bg-sunken")}
      >
        <span className="flex items-baseline justify-between gap-3 text-sm">
          <span className="min-w-0 truncate font-medium">{request.title}</span>
          <Amount value={request.amount} currency={request.currency} />
        </span>
        <span className="flex items-baseline justify-between gap-3 text-xs text-muted">
          <span>
            {KIND_NAMES[approval.kind]}, asked <Age at={approval.requested_at} />
            {moves && !isUnremarkable(request) && <span className="ml-1.5 font-medium text-warn">· look closely</span>}
          </span>
          {moves && <Amount value={moves.change} currency={request.currency} isChange isBare />}
        </span>
      </button>
    </li>
  );
};

interface InboxListProps {
  readonly requests: readonly Request[];
  readonly current: Request | undefined;
  readonly ticks: ReadonlySet<string>;
  readonly mayDecide: boolean;
  readonly onOpen: (id: string) => void;
  readonly onTick: (id: string) => void;
}

/** What waits, one row a request. */
export const InboxList = ({ requests, current, ticks, mayDecide, onOpen, onTick }: InboxListProps) => (
  <ul aria-label="Requests" className="divide-y divide-line">
    {requests.map((request) => {
      const { approval_id: id, state, kind } = request.approval;
      return (
        <Item
          key={id}
          request={request}
          isCurrent={id === current?.approval.approval_id}
          isTicked={ticks.has(id)}
          mayTick={mayDecide && state === "pending" && kind === "invoice"}
          onOpen={() => onOpen(id)}
          onTick={() => onTick(id)}
        />
      );
    })}
  </ul>
);
