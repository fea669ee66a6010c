import { Amount, Percent } from "../../ui/amount.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Digest, Facts, Figure } from "../../ui/panel.tsx";
import { Chip, Status, toneOf } from "../../ui/status.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { ExecutionsOf } from "../execution-link.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { MovesTable } from "../moves-table.tsx";
import { usePersonName } from "../names.ts";
import { usePeriod } from "../period.ts";
import { fieldsOf, textOf } from "../plain-data.ts";
import { useSession } from "../session/session.ts";
import type { Moves } from "../comparison.ts";
import { changePercent, type Request } from "./request.ts";

const SideBySide = ({ request, moves }: { readonly request: Request; readonly moves: Moves }) => {
  const percent = changePercent(moves);
  return (
    <div className="grid grid-cols-2 gap-4 border-b border-line p-4 sm:grid-cols-4">
      <Figure name="Last month" note={moves.previousInvoice ?? "no invoice"}>
        <Amount value={moves.previousTotal} currency={request.currency} />
      </Figure>
      <Figure name="This month" note={request.approval.subject_id}>
        <Amount value={moves.total} currency={request.currency} />
      </Figure>
      <Figure name="Change" note={percent === undefined ? "nothing to compare with" : <Percent value={percent} />}>
        <Amount value={moves.change} currency={request.currency} isChange />
      </Figure>
      {request.margin !== undefined && (
        <Figure name="Margin" note="subtotal less allocated cost">
          <Amount value={request.margin} />
        </Figure>
      )}
    </div>
  );
};

/** What the period's checks say, and what the draft warns of. */
const Checks = ({ request, moves }: { readonly request: Request; readonly moves: Moves }) => {
  const { periods } = usePeriod();
  const month = textOf(fieldsOf(request.approval.summary)["period_start"])?.slice(0, 7);
  const verdicts = periods.find((one) => one.period === month)?.verdicts ?? [];
  return (
    <section className="space-y-2 border-t border-line p-4">
      <h3 className="eyebrow">Checks of {month ?? "the period"}</h3>
      <ul className="flex flex-wrap gap-2">
        {verdicts.map((one) => (
          <li key={one.check}>
            <Chip tone={one.verdict === "not_applicable" ? "quiet" : toneOf(one.verdict)}>
              {one.check}: {one.verdict.replaceAll("_", " ")}
            </Chip>
          </li>
        ))}
      </ul>
      {moves.warnings.length > 0 && (
        <Notice tone="warn">
          {moves.warnings.map((warning) => (
            <p key={warning} className="first-letter:uppercase">
              {warning}
            </p>
          ))}
        </Notice>
      )}
    </section>
  );
};

const Provenance = ({ request }: { readonly request: Request }) => {
  const { approval } = request;
  const nameOf = usePersonName();
  return (
    <section className="border-t border-line p-4">
      <Facts
        rows={[
          ["Prepared by", approval.prepared_by.map(nameOf).join(", ")],
          ["Asked", <Moment key="asked" at={approval.requested_at} />],
          ["Expires", <Moment key="expires" at={approval.expires_at} />],
          ...(approval.decided_at === null
            ? []
            : [
                [
                  "Decided",
                  <>
                    {nameOf(approval.decided_by)}, <Moment at={approval.decided_at} />
                  </>,
                ] as const,
              ]),
          ...(approval.reason === null ? [] : [["Reason", approval.reason] as const]),
          ["Digest", <Digest key="digest" value={approval.digest} />],
        ]}
      />
    </section>
  );
};

/** Everything that the decision is about. */
export const RequestDetail = ({ request }: { readonly request: Request }) => {
  const { approval, moves } = request;
  const session = useSession();
  const isOwn = approval.prepared_by.includes(session.actor_id);
  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-3">
        <h2 className="text-lg">{request.title}</h2>
        <Status state={approval.state} />
        {approval.kind === "invoice" ? (
          <>
            <InvoiceLink id={approval.subject_id} />
            <span className="text-sm">
              <ExecutionsOf name={approval.subject_id}>What runs for it</ExecutionsOf>
            </span>
          </>
        ) : (
          <span className="figures text-sm">{approval.subject_id}</span>
        )}
      </div>
      {isOwn && approval.state === "pending" && (
        <div className="p-4 pb-0">
          <Notice tone="quiet">
            You prepared this. Nobody approves what they prepared: another approver has to decide.
          </Notice>
        </div>
      )}
      {moves ? (
        <>
          <SideBySide request={request} moves={moves} />
          <MovesTable moves={moves} currency={request.currency} />
          <Checks request={request} moves={moves} />
        </>
      ) : (
        <div className="space-y-4 p-4">
          <Figure name="Amount">
            <Amount value={request.amount} currency={request.currency} />
          </Figure>
          <EvidenceFacts facts={approval.summary} />
        </div>
      )}
      <Provenance request={request} />
    </div>
  );
};
