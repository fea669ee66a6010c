import { ScrollRegion } from "./scroll-region.tsx";

/** Data as it is, with line breaks; it scrolls by itself where it is long. */
export const JsonText = ({ label, value }: { readonly label: string; readonly value: unknown }) => (
  <ScrollRegion label={label} className="max-h-96 overflow-auto rounded-md bg-sunken p-3">
    <pre className="font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
      {JSON.stringify(value, null, 2)}
    </pre>
  </ScrollRegion>
);
