import { Link } from "@tanstack/react-router";
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

/** Revenue, cost, margin, cash: the month in a few figures. */
export const KeyFigures = ({ month }: { readonly month: string }) => (
  <Panel title="The month in figures" isFlush>
    <Ready
      query={useAnswer("GET /kpis", { period: month })}
      what="the key figures"
      whenMissing={
        <Empty title="The cost of this month is not allocated yet">
          Import its cost report and allocate it under{" "}
          <Link to="/cost" className="link">
            Cost
          </Link>
          .
        </Empty>
      }
    >
      {(figures) => (
        <div className="grid grid-cols-1 gap-x-4 gap-y-5 p-4 min-[28rem]:grid-cols-2 md:grid-cols-3 xl:grid-cols-6">
          <Figure name="AWS cost" note={<Change change={figures.cost_variance} />}>
            <Amount value={figures.aws_total_usd_exact} />
          </Figure>
          <Figure name="Borne by us" note="overhead and untagged">
            <Amount value={figures.operator_overhead_usd_exact} />
          </Figure>
          <Figure name="Revenue, issued" note={`${figures.invoices} invoices, without tax`}>
            <Amount value={figures.revenue_usd_exact} />
          </Figure>
          <Figure
            name="Gross margin"
            note={figures.gross_margin_pct === null ? "no revenue yet" : <Percent value={figures.gross_margin_pct} />}
          >
            <Amount value={figures.gross_margin_usd_exact} />
          </Figure>
          <Figure name="Received in the month" note="confirmed payments">
            <Amount value={figures.received_usd_exact} />
          </Figure>
          <Figure name="Receivables, all months" note="issued and not paid">
            <Amount value={figures.receivables.open_usd_exact} />
          </Figure>
        </div>
      )}
    </Ready>
  </Panel>
);
