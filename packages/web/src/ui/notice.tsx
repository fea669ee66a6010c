import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cx } from "./class-names.ts";

const TONES = {
  bad: "border-bad/40 bg-bad-soft text-bad",
  warn: "border-warn/40 bg-warn-soft text-warn",
  good: "border-good/40 bg-good-soft text-good",
  quiet: "border-line bg-sunken text-ink",
} as const;

interface NoticeProps {
  readonly tone: keyof typeof TONES;
  readonly title?: string;
  readonly children: ReactNode;
}

/** Something that happened, and what to do. */
export const Notice = ({ tone, title, children }: NoticeProps) => (
  <div role={tone === "bad" ? "alert" : "status"} className={cx("rounded-md border px-3 py-2 text-sm", TONES[tone])}>
    {title !== undefined && <p className="font-semibold">{title}</p>}
    <div>{children}</div>
  </div>
);

/** What went wrong, as far as it is known. */
export interface Fault {
  readonly message: string;
  readonly traceId?: string | undefined;
  readonly details?: readonly { readonly field: string; readonly reason: string }[];
}

interface FaultNoticeProps {
  readonly fault: Fault;
  readonly title?: string;
  readonly onRetry?: () => void;
}

/** A fault with what to do next and the trace id to tell support. */
export const FaultNotice = ({ fault, title, onRetry }: FaultNoticeProps) => (
  <Notice tone="bad" {...(title === undefined ? {} : { title })}>
    <p className="first-letter:uppercase">{fault.message}</p>
    {(fault.details?.length ?? 0) > 1 && (
      <ul className="mt-1 list-disc pl-5">
        {fault.details?.map((detail) => (
          <li key={detail.field + detail.reason}>{detail.reason}</li>
        ))}
      </ul>
    )}
    <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
      {fault.traceId !== undefined && (
        <span>
          Trace id <code className="font-mono break-all select-all">{fault.traceId}</code>
        </span>
      )}
      {onRetry && (
        <Button look="quiet" className="min-h-7 px-2 py-0.5" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  </Notice>
);

/** Nothing to show: why, and where to go from here. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="px-4 py-8 text-center">
    <p className="font-medium">{title}</p>
    {children !== undefined && <div className="mx-auto mt-1 max-w-prose text-sm text-muted">{children}</div>}
  </div>
);

/** A placeholder while something is fetched. */
export const Loading = ({ what }: { readonly what: string }) => (
  <output className="block space-y-2 p-4">
    <span className="text-sm text-muted">Loading {what} …</span>
    <span aria-hidden className="block h-3 w-2/3 animate-pulse rounded bg-sunken" />
    <span aria-hidden className="block h-3 w-1/2 animate-pulse rounded bg-sunken" />
  </output>
);
