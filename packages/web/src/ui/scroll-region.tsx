import type { ReactNode } from "react";

interface ScrollRegionProps {
  readonly label: string;
  readonly className: string;
  readonly children: ReactNode;
}

/** A part of the page that scrolls by itself: named, and reachable by keyboard. */
export const ScrollRegion = ({ label, className, children }: ScrollRegionProps) => (
  // What scrolls has to take the focus, or the keyboard cannot scroll it (WCAG 2.1.1).
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <section aria-label={label} tabIndex={0} className={className}>
    {children}
  </section>
);
