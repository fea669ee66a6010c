import type { ReactNode } from "react";
import { Digest } from "../ui/panel.tsx";
import { fieldsOf, shownValue } from "./plain-data.ts";

const isDigest = (value: unknown): value is string => typeof value === "string" && value.startsWith("sha256:");

const Value = ({ value }: { readonly value: unknown }): ReactNode => {
  if (isDigest(value)) return <Digest value={value} />;
  if (Array.isArray(value)) {
    const entries = value.map((entry, index) => ({ entry: entry as unknown, place: String(index + 1) }));
    return entries.length === 0 ? (
      <span className="text-muted">none</span>
    ) : (
      <ol className="space-y-1">
        {entries.map(({ entry, place }) => (
          <li key={place}>
            <Value value={entry} />
          </li>
        ))}
      </ol>
    );
  }
  if (typeof value === "object" && value !== null) return <EvidenceFacts facts={value} />;
  const text = shownValue(value);
  return text.length > 120 ? (
    <code className="block font-mono text-xs break-words whitespace-pre-wrap">{text}</code>
  ) : (
    text
  );
};

/** Plain data of evidence, name by name, as deep as it goes. */
export const EvidenceFacts = ({
  facts,
  without = [],
}: {
  readonly facts: unknown;
  readonly without?: readonly string[];
}) => (
  <dl className="grid grid-cols-1 gap-x-4 gap-y-1 text-xs sm:grid-cols-[minmax(7rem,auto)_1fr]">
    {Object.entries(fieldsOf(facts))
      .filter(([name, value]) => value !== null && value !== undefined && !without.includes(name))
      .map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name.replaceAll("_", " ")}</dt>
          <dd className="figures min-w-0 break-words !whitespace-normal">
            <Value value={value} />
          </dd>
        </div>
      ))}
  </dl>
);
