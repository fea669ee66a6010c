import { Link } from "@tanstack/react-router";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip, toneOf } from "../../ui/status.tsx";
import type { Corridor } from "./corridor.tsx";

/** The checks of the period that warn or failed. */
export const WhatIsOff = ({ off }: { readonly off: Corridor["off"] }) => (
  <Panel title="What is off" isFlush>
    {off.length === 0 ? (
      <Empty title="Nothing is off">Every check of the period passes, or does not apply yet.</Empty>
    ) : (
      <ul className="divide-y divide-line">
        {off.map((one) => (
          <li key={one.check} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
            <Chip tone={toneOf(one.verdict)}>{one.check}</Chip>
            <span className="min-w-0 flex-1 basis-60 break-words">{one.message}</span>
            <Link to="/reconciliation" className="link">
              Open
            </Link>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
