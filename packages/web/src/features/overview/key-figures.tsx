import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Answer } from "../../api.ts";
import { Amount, Percent } from "../../ui/amount.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Figure, Panel } from "../../ui/panel.tsx";
import { Ready, useAnswer } from "../answers.tsx";

type Kpis = Answer<"GET /kpis">;

const Change = ({ change }: { readonly change: Kpis["cost_variance"] }) =>
  change === null ? null : (
    <>
      <Amount value={change.change_usd_exact} isChange /> against {change.previous_period}
    </>
  );

interface KeyFigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: ReactNode;
  readonly to: "/cost" | "/invoices" | "/payments" | "/reconciliation";
}

/** A figure that leads to what it is made of. */
const KeyFigure = ({ name, value, note, to }: KeyFigureProps) => (
  <Figure name={name} note={note}>
    <Link to={to} className="hover:underline">
      <Amount value={value} />
    </Link>
  </Figure>
);

const Figures = ({ figures }: { readonly figures: Kpis }) => (
  <div className="grid grid-cols-1 gap-x-4 gap-y-5 p-4 min-[28rem]:grid-cols-2 md:grid-cols-3 xl:grid-cols-6">
    <KeyFigure
      name="AWS cost"
      to="/cost"
      value={figures.aws_total_usd_exact}
      note={<Change change={figures.cost_variance} />}
    />
    <KeyFigure name="Borne by us" to="/cost" value={figures.operator_overhead_usd_exact} note="overhead and untagged" />
    <KeyFigure
      name="Revenue, issued"
      to="/invoices"
      value={figures.revenue_usd_exact}
      note={`${figures.invoices} invoices, without tax`}
    />
    <KeyFigure
      name="Gross margin"
      to="/reconciliation"
      value={figures.gross_margin_usd_exact}
      note={
        figures.gross_margin_pct === null ? (
          "the tenants' cost: nothing is issued yet"
        ) : (
          <Percent value={figures.gross_margin_pct} />
        )
      }
    />
    <KeyFigure
      name="Received in the month"
      to="/payments"
      value={figures.received_usd_exact}
      note="confirmed payments"
    />
    <KeyFigure
      name="Receivables, all months"
      to="/invoices"
      value={figures.receivables.open_usd_exact}
      note="issued and not paid"
    />
  </div>
);

/** Revenue, cost, margin, cash: the month in a few figures. */
export const KeyFigures = ({ month }: { readonly month: string }) => (
  <Panel title="The month in figures" isFlush>
    <Ready
      query={useAnswer("GET /kpis", { period: month })}
      what="the key figures"
      whenMissing={
        <Empty title="The cost of this month is not allocated yet">
          Import its cost report and allocate it:{" "}
          <Link to="/cost" className="link">
            Cost
          </Link>
        </Empty>
      }
    >
      {(figures) => <Figures figures={figures} />}
    </Ready>
  </Panel>
);
