import { getRouteApi, Link } from "@tanstack/react-router";
import type { SubmitEvent } from "react";
import type { Answer } from "../../api.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { CsvLink } from "../../ui/csv-link.tsx";
import { TextField } from "../../ui/field.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Empty, FaultNotice, Notice } from "../../ui/notice.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { usePersonName } from "../names.ts";
import { fieldsOf } from "../plain-data.ts";
import { searchText } from "../search.ts";

const route = getRouteApi("/audit");

type Event = Answer<"GET /audit">["events"][number];

export interface AuditSearch {
  readonly object_type?: string | undefined;
  readonly object_id?: string | undefined;
  readonly page?: string | undefined;
}

export const auditSearch = (raw: Record<string, unknown>): AuditSearch => ({
  object_type: searchText(raw["object_type"]),
  object_id: searchText(raw["object_id"]),
  page: searchText(raw["page"]),
});

const columnsFor = (nameOf: (id: string | null) => string): readonly Column<Event>[] => [
  { key: "at", head: "When", cell: (row) => <Moment at={row.occurred_at} /> },
  { key: "who", head: "Who", cell: (row) => <span className="break-all">{nameOf(row.actor_id)}</span> },
  { key: "action", head: "What", cell: (row) => <span className="font-medium">{row.action}</span> },
  {
    key: "object",
    head: "On",
    cell: (row) => (
      <Link to="/audit" search={{ object_type: row.object_type, object_id: row.object_id }} className="link break-all">
        {row.object_type.replaceAll("_", " ")} {row.object_id}
      </Link>
    ),
  },
  {
    key: "detail",
    head: "Details",
    isMinor: true,
    cell: (row) => (
      <details>
        <summary className="link cursor-pointer whitespace-nowrap">Show</summary>
        <EvidenceFacts facts={{ ...fieldsOf(row.metadata), trace_id: row.trace_id, event_id: row.event_id }} />
      </details>
    ),
  },
];

const Filters = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const apply = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const next = { object_type: searchText(form.get("object_type")), object_id: searchText(form.get("object_id")) };
    navigate({ search: next, replace: true }).catch(() => undefined);
  };
  return (
    <form
      key={`${search.object_type ?? ""} ${search.object_id ?? ""}`}
      onSubmit={apply}
      className="grid items-end gap-3 border-b border-line p-4 sm:max-w-2xl sm:grid-cols-[1fr_1fr_auto]"
    >
      <TextField label="Kind of object" name="object_type" placeholder="invoice" defaultValue={search.object_type} />
      <TextField label="Id" name="object_id" placeholder="INV-…" defaultValue={search.object_id} />
      <Button type="submit">Filter</Button>
    </form>
  );
};

const VerifyChain = () => {
  const verifying = useChange("POST /audit:verify");
  const { data } = verifying;
  return (
    <div className="flex flex-col gap-2 sm:items-end">
      <Button look="primary" isBusy={verifying.isPending} onClick={() => verifying.mutate({})}>
        Verify the chain
      </Button>
      <div aria-live="polite" className="max-w-md">
        {data && (
          <Notice
            tone={data.ok ? "good" : "bad"}
            title={data.ok ? "The chain is whole" : `It breaks at ${data.first_bad?.position ?? "?"}`}
          >
            {data.first_bad === null
              ? `${data.checked} sealed events checked, ${data.unsealed} not sealed yet.`
              : data.first_bad.reason}
          </Notice>
        )}
        {verifying.isError && <FaultNotice title="Not verified" fault={faultOf(verifying.error)} />}
      </div>
    </div>
  );
};

const CSV_HEAD = ["event_id", "occurred_at", "actor_id", "action", "object_type", "object_id", "trace_id"];

const csvRows = (events: readonly Event[]): string[][] =>
  events.map((row) => [
    row.event_id,
    row.occurred_at,
    row.actor_id,
    row.action,
    row.object_type,
    row.object_id,
    row.trace_id,
  ]);

const Events = ({ events, next }: { readonly events: readonly Event[]; readonly next: string | null }) => {
  const nameOf = usePersonName();
  if (events.length === 0) return <Empty title="No event matches" />;
  return (
    <>
      <Table caption="Audit events" columns={columnsFor(nameOf)} rows={events} keyOf={(row) => row.event_id} />
      {next !== null && (
        <p className="border-t border-line p-3 text-right">
          <Link from="/audit" to="/audit" search={(before) => ({ ...before, page: next })} className={buttonClass()}>
            Earlier events
          </Link>
        </p>
      )}
    </>
  );
};

/** Everything that anybody did, in a chain that shows where it was touched. */
export const AuditPage = () => {
  const { object_type: type, object_id: id, page } = route.useSearch();
  const query = useAnswer("GET /audit", {
    page_size: 50,
    ...(type === undefined ? {} : { object_type: type }),
    ...(id === undefined ? {} : { object_id: id }),
    ...(page === undefined ? {} : { page_token: page }),
  });
  return (
    <>
      <PageHead
        title="Audit"
        lead="Who did what, newest first. Events are chained by hashes: a changed one breaks the chain."
        actions={
          <>
            <CsvLink table="audit_event" />
            <VerifyChain />
          </>
        }
      />
      <Panel
        title="Events"
        isFlush
        aside={query.data && <CsvButton filename="audit.csv" head={CSV_HEAD} rows={() => csvRows(query.data.events)} />}
      >
        <Filters />
        <Ready query={query} what="the events">
          {({ events, next_page_token: next }) => <Events events={events} next={next} />}
        </Ready>
      </Panel>
    </>
  );
};
