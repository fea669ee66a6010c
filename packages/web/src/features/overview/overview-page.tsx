import { Moment, monthText } from "../../ui/moment.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { CorridorLine } from "./corridor.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { WaitsForMe } from "./to-do.tsx";
import { WhatIsOff } from "./what-is-off.tsx";

/** The period at one look: where it stands, what waits, what is off. */
export const OverviewPage = () => {
  const { month, isKnown } = usePeriod();
  const query = useAnswer("GET /overview", { period: month }, { isEnabled: isKnown });
  return (
    <>
      <PageHead
        title={monthText(month)}
        lead={
          <>
            Where the month stands, from what AWS charged to what the books say
            {query.data && (
              <>
                , as of <Moment at={query.data.as_of} />
              </>
            )}
            .
          </>
        }
      />
      <Ready query={query} what="the overview">
        {(corridor) => (
          <div className="space-y-5">
            <Panel isFlush>
              <CorridorLine stations={corridor.stations} />
            </Panel>
            <div className="grid items-start gap-5 lg:grid-cols-2">
              <WaitsForMe waits={corridor.waits_for_me} />
              <WhatIsOff off={corridor.off} />
            </div>
            <KeyFigures month={month} />
          </div>
        )}
      </Ready>
    </>
  );
};
