import type { ReactNode } from "react";
import { Digest } from "../ui/panel.tsx";
import { type Fields, fieldsOf, shownValue } from "./plain-data.ts";

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

const isRecord = (value: unknown): value is Fields => isFields(value) && Object.values(value).every(isPlain);

/** A span of days, which reads better in one piece. */
const spanOf = (value: unknown): string | undefined => {
  const { start, end, ...rest } = fieldsOf(value);
  return typeof start === "string" && typeof end === "string" && Object.keys(rest).length === 0
    ? `${start} to ${end}`
    : undefined;
};

const Plain = ({ value }: { readonly value: unknown }): ReactNode => {
  const text = shownValue(value);
  if (text.startsWith("sha256:")) return <Digest value={text} />;
  return text.length > 120 ? (
    <code className="block font-mono text-xs break-words whitespace-pre-wrap">{text}</code>
  ) : (
    <span className="break-words [font-variant-numeric:tabular-nums]">{text}</span>
  );
};

/** Records of one kind as a small table. */
const Records = ({ records }: { readonly records: readonly Fields[] }) => {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record, index) => ({ record, key: String(index) }));
  return (
    <div className="overflow-x-auto">
      <table className="text-xs">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col" className="pr-4 pb-0.5 text-left font-normal text-muted">
                {name.replaceAll("_", " ")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ record, key }) => (
            <tr key={key} className="align-top">
              {names.map((name) => (
                <td key={name} className="pr-4 pb-0.5">
                  <Plain value={record[name]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const List = ({ values }: { readonly values: readonly unknown[] }) => {
  if (values.length === 0) return <span className="text-muted">none</span>;
  if (values.every(isRecord)) return <Records records={values} />;
  if (values.every(isPlain)) return <Plain value={values.map(shownValue).join(", ")} />;
  const entries = values.map((value, index) => ({ value, key: String(index) }));
  return (
    <ol className="space-y-2">
      {entries.map(({ value, key }) => (
        <li key={key} className="border-l-2 border-line pl-3">
          <EvidenceFacts facts={value} />
        </li>
      ))}
    </ol>
  );
};

const Fact = ({ name, value }: { readonly name: string; readonly value: unknown }) => {
  const span = spanOf(value);
  const isNested = !isPlain(value) && span === undefined && !(Array.isArray(value) && value.every(isPlain));
  return (
    <div className={isNested ? "py-0.5" : "flex gap-x-3"}>
      <dt className="w-32 shrink-0 text-muted">{name.replaceAll("_", " ")}</dt>
      <dd className={isNested ? "mt-0.5 border-l-2 border-line pl-3" : "min-w-0 flex-1"}>
        {span ??
          (Array.isArray(value) ? (
            <List values={value} />
          ) : isFields(value) ? (
            <EvidenceFacts facts={value} />
          ) : (
            <Plain value={value} />
          ))}
      </dd>
    </div>
  );
};

interface EvidenceFactsProps {
  readonly facts: unknown;
  /** Names that are shown elsewhere. */
  readonly without?: readonly string[];
}

/** Plain data of evidence, name by name, as deep as it goes. */
export const EvidenceFacts = ({ facts, without = [] }: EvidenceFactsProps) => (
  <dl className="space-y-1 text-xs">
    {Object.entries(fieldsOf(facts))
      .filter(([name, value]) => value !== null && value !== undefined && !without.includes(name))
      .map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
  </dl>
);
