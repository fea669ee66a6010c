import { type DeliveryId, invalid } from "../kernel/index.ts";
import { FINDING_KINDS, type FindingCode, type FindingSeverity, isFindingCode } from "./finding-kinds.ts";

/** What is odd about a delivery, with its place. A quarantine keeps the delivery out of the period's cost. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** The file (or manifest) it is about. */
  readonly file: string;
  /** Number of the row in its file, the header being row 1. */
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  /** The line item type, payer, product or day that it is about. */
  readonly subject?: string | undefined;
  readonly message: string;
}

export interface Place {
  readonly file: string;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly subject?: string | undefined;
}

/** "june.csv, row 12, column lineItem/UnblendedCost" */
const placeText = ({ file, row, column }: Place): string =>
  [file, row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column ${column}`]
    .filter(Boolean)
    .join(", ");

/** A text that a database can hold: a NUL, which no text of AWS has, shows as a replacement character. */
export const withoutNul = (text: string): string => text.replaceAll("\u0000", "\ufffd");

/** A finding whose message starts with its place; its severity is the default of its kind. */
export const finding = (code: FindingCode, place: Place, text: string): Finding => ({
  code,
  severity: FINDING_KINDS[code].severity,
  file: place.file,
  ...(place.row === undefined ? {} : { row: place.row }),
  ...(place.column === undefined ? {} : { column: withoutNul(place.column) }),
  ...(place.subject === undefined ? {} : { subject: withoutNul(place.subject) }),
  message: withoutNul(`${placeText(place)}: ${text}`),
});

export const isQuarantined = (findings: readonly Finding[]): boolean =>
  findings.some((item) => item.severity === "quarantine");

/** Why an operator let a finding pass. */
export interface Acceptance {
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
}

/** A finding as it is stored. */
export interface StoredFinding {
  readonly deliveryId: DeliveryId;
  readonly findingNo: number;
  readonly code: string;
  readonly severity: FindingSeverity;
  readonly file: string;
  readonly row: number | null;
  readonly column: string | null;
  readonly subject: string | null;
  readonly message: string;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly acceptedReason: string | null;
}

/** A stored finding back in its own words. */
export const findingOf = (
  row: Omit<StoredFinding, "deliveryId" | "findingNo" | "acceptedBy" | "acceptedAt" | "acceptedReason">,
): Finding => ({
  code: row.code as FindingCode,
  severity: row.severity,
  file: row.file,
  ...(row.row === null ? {} : { row: row.row }),
  ...(row.column === null ? {} : { column: row.column }),
  ...(row.subject === null ? {} : { subject: row.subject }),
  message: row.message,
});

/** `CUR-2026-06-1b83f68dda3dcedc.3`: the third finding of a delivery. */
export type FindingId = `${DeliveryId}.${number}`;
const FINDING_ID = /^(CUR-.+)\.(\d{1,6})$/;

/** Throws an invalid Problem where the text names no finding. */
export const parseFindingId = (text: string): { readonly deliveryId: DeliveryId; readonly findingNo: number } => {
  const [, delivery, number] = FINDING_ID.exec(text) ?? [];
  if (delivery === undefined || number === undefined)
    throw invalid("finding_id", "a finding id looks like CUR-2026-06-1b83f68dda3dcedc.3");
  return { deliveryId: delivery as DeliveryId, findingNo: Number(number) };
};

/** What stands in the way of a delivery: quarantines that nobody accepted. */
export const openQuarantines = <F extends Pick<StoredFinding, "severity" | "acceptedAt">>(
  findings: readonly F[],
): F[] => findings.filter((item) => item.severity === "quarantine" && item.acceptedAt === null);

/** A finding as the API shows it, with what to do and how to see it. */
export const shownFinding = (row: StoredFinding) => {
  const shown = findingOf(row);
  const kind = isFindingCode(row.code) ? FINDING_KINDS[row.code] : undefined;
  return {
    finding_id: `${row.deliveryId}.${row.findingNo}` satisfies FindingId,
    delivery_id: row.deliveryId,
    ...shown,
    advice: kind?.advice ?? null,
    evidence_query: kind?.evidence(shown) ?? null,
    accepted:
      row.acceptedAt === null
        ? null
        : { by: row.acceptedBy ?? "", at: row.acceptedAt.toISOString(), reason: row.acceptedReason ?? "" },
  };
};
