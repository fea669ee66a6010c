import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Age } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import type { Corridor } from "./corridor.tsx";

interface Task {
  readonly key: string;
  readonly count: number;
  readonly text: string;
  readonly oldest: string | null;
  readonly link: ReactNode;
}

const tasksOf = ({ approvals, drafts_to_submit: drafts, exceptions }: Corridor["waits_for_me"]): readonly Task[] =>
  [
    {
      key: "approvals",
      count: approvals.count,
      text: "wait for your decision",
      oldest: approvals.oldest_at,
      link: (
        <Link to="/approvals" className="link">
          Decide
        </Link>
      ),
    },
    {
      key: "drafts",
      count: drafts,
      text: "drafts to compare and submit",
      oldest: null,
      link: (
        <Link to="/invoices" search={(before) => ({ ...before, status: "draft" as const })} className="link">
          Open drafts
        </Link>
      ),
    },
    {
      key: "exceptions",
      count: exceptions.count,
      text: "open exceptions to resolve or accept",
      oldest: exceptions.oldest_at,
      link: (
        <Link to="/reconciliation" className="link">
          Look at them
        </Link>
      ),
    },
  ].filter((task) => task.count > 0);

/** What waits for the reader, by role. */
export const WaitsForMe = ({ waits }: { readonly waits: Corridor["waits_for_me"] }) => {
  const tasks = tasksOf(waits);
  return (
    <Panel title="Waits for you" isFlush>
      {tasks.length === 0 ? (
        <Empty title="Nothing waits for you">Where others have to act, the line above shows it.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {tasks.map((task) => (
            <li key={task.key} className="flex items-baseline justify-between gap-3 px-4 py-2.5 text-sm">
              <span className="min-w-0">
                <strong className="figures mr-1.5 text-base">{task.count}</strong>
                {task.text}
                {task.oldest !== null && (
                  <span className="ml-2 text-xs text-muted">
                    oldest <Age at={task.oldest} />
                  </span>
                )}
              </span>
              {task.link}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
};
