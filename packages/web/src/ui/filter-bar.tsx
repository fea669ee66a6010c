import type { ReactNode } from "react";

/** The filters of a list, side by side where there is room. */
export const FilterBar = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex flex-wrap gap-3 border-b border-line p-4 *:w-full sm:*:w-52">{children}</div>
);
