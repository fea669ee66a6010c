import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { cx } from "../../ui/class-names.ts";
import { Age } from "../../ui/moment.tsx";

export type Corridor = Answer<"GET /overview">;
type Station = Corridor["stations"][number];

const NAMES: Readonly<Record<Station["station"], string>> = {
  cur: "CUR",
  cost: "Cost",
  allocation: "Allocation",
  drafts: "Drafts",
  approval: "Approval",
  issued: "Issued",
  paid: "Paid",
  reconciled: "Reconciled",
  books: "Books",
};

/** What the count of a station counts: one, and several. */
const COUNTED: Readonly<Record<Station["station"], readonly [string, string]>> = {
  cur: ["delivery", "deliveries"],
  cost: ["line", "lines"],
  allocation: ["tenant", "tenants"],
  drafts: ["draft", "drafts"],
  approval: ["request", "requests"],
  issued: ["invoice", "invoices"],
  paid: ["invoice", "invoices"],
  reconciled: ["exception", "exceptions"],
  books: ["document", "documents"],
};

const PAGES = {
  cur: { to: "/cost" },
  cost: { to: "/cost" },
  allocation: { to: "/cost" },
  drafts: { to: "/invoices", search: { status: "draft" } },
  approval: { to: "/approvals" },
  issued: { to: "/invoices" },
  paid: { to: "/payments" },
  reconciled: { to: "/reconciliation" },
  books: { to: "/reconciliation" },
} as const satisfies Record<Station["station"], { readonly to: string; readonly search?: object }>;

const LOOKS: Readonly<
  Record<Station["state"], { readonly dot: string; readonly word: string; readonly text: string }>
> = {
  ok: { dot: "bg-good border-good", word: "text-good", text: "done" },
  waiting: { dot: "bg-surface border-accent", word: "text-accent", text: "waiting" },
  warning: { dot: "bg-warn border-warn", word: "text-warn", text: "look at it" },
  failed: { dot: "bg-bad border-bad", word: "text-bad", text: "failed" },
  empty: { dot: "bg-surface border-line-strong", word: "text-muted", text: "not yet" },
};

const Stop = ({ station, isLast }: { readonly station: Station; readonly isLast: boolean }) => {
  const look = LOOKS[station.state];
  const page: { readonly to: string; readonly search?: object } = PAGES[station.station];
  const isDone = station.state === "ok";
  return (
    <li className="relative flex gap-3 pb-4 last:pb-0 lg:block lg:min-w-0 lg:flex-1 lg:pr-3 lg:pb-0 lg:last:pr-0">
      {!isLast && (
        <span
          aria-hidden
          className={cx(
            "absolute top-5 bottom-0 left-[0.4rem] w-0.5 lg:top-[0.4rem] lg:right-0 lg:bottom-auto lg:left-4 lg:h-0.5 lg:w-auto",
            isDone ? "bg-good" : "bg-line",
          )}
        />
      )}
      <span
        aria-hidden
        className={cx("relative mt-1 block size-3.5 shrink-0 rounded-full border-[3px] lg:mt-0", look.dot)}
      />
      <Link
        to={page.to}
        search={(before: object) => ({ ...before, ...page.search })}
        className="group block min-w-0 flex-1 lg:mt-2.5"
      >
        <span className="flex flex-wrap items-baseline gap-x-2 lg:block">
          <span className="block text-sm font-semibold group-hover:underline">{NAMES[station.station]}</span>
          <span className={cx("block text-xs font-medium", look.word)}>
            {look.text}
            {station.since !== null && (
              <span className="font-normal text-muted">
                {" · "}
                <Age at={station.since} />
              </span>
            )}
          </span>
        </span>
        {station.state !== "empty" && (
          <span className="mt-1 block text-sm">
            <span className="figures">{station.count.toLocaleString("en")}</span>{" "}
            {COUNTED[station.station][station.count === 1 ? 0 : 1]}
            <span className="block text-xs text-muted">
              {station.station === "reconciled" && "variance "}
              <Amount value={station.amount_usd_exact} />
            </span>
          </span>
        )}
        <span className="mt-0.5 block text-xs break-words text-muted first-letter:uppercase">{station.message}</span>
      </Link>
    </li>
  );
};

/** The line from what AWS charged to what the books say, with how each station stands. */
export const CorridorLine = ({ stations }: { readonly stations: readonly Station[] }) => (
  <ol aria-label="How the period stands, from cost to books" className="flex flex-col p-4 lg:flex-row lg:py-5">
    {stations.map((station, index) => (
      <Stop key={station.station} station={station} isLast={index === stations.length - 1} />
    ))}
  </ol>
);
