import type { ReactNode } from "react";
import { cx } from "./class-names.ts";

interface PanelProps {
  readonly title?: ReactNode;
  /** What stands right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** The content brings its own padding, as a table does. */
  readonly isFlush?: boolean;
}

/** A titled sheet of the page. */
export const Panel = ({ title, aside, children, className, isFlush = false }: PanelProps) => (
  <section className={cx("min-w-0 rounded-lg border border-line bg-surface", className)}>
    {title !== undefined && (
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-2.5">
        <h2 className="text-[0.95rem]">{title}</h2>
        {aside !== undefined && <div className="text-sm text-muted">{aside}</div>}
      </div>
    )}
    <div className={isFlush ? "" : "p-4"}>{children}</div>
  </section>
);

interface PageHeadProps {
  readonly title: ReactNode;
  /** One sentence: what one sees and does here. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

export const PageHead = ({ title, lead, actions }: PageHeadProps) => (
  <div className="mb-5 flex flex-wrap items-end justify-between gap-3">
    <div className="min-w-0">
      <h1 className="text-2xl leading-tight">{title}</h1>
      {lead !== undefined && <p className="mt-1 max-w-3xl text-sm text-muted">{lead}</p>}
    </div>
    {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
  </div>
);

/** Names and values, one pair a row. */
export const Facts = ({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="grid grid-cols-[minmax(6.5rem,auto)_1fr] gap-x-4 gap-y-1.5 text-sm">
    {rows.map(([name, value]) => (
      <div key={name} className="contents">
        <dt className="text-muted">{name}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);

/** A figure with its name above it. */
export const Figure = ({
  name,
  children,
  note,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly note?: ReactNode;
}) => (
  <div className="min-w-0">
    <div className="eyebrow">{name}</div>
    <div className="mt-0.5 text-xl font-semibold">{children}</div>
    {note !== undefined && <div className="mt-0.5 text-xs text-muted">{note}</div>}
  </div>
);

/** A digest, short to look at and whole to copy. */
export const Digest = ({ value }: { readonly value: string }) => (
  <code className="font-mono text-xs break-all text-muted select-all">{value}</code>
);
