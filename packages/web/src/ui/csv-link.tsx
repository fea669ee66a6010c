import { buttonClass } from "./button.tsx";

interface CsvLinkProps {
  /** The table as the API names it. */
  readonly table: string;
  readonly from?: string;
  readonly to?: string;
}

/** The whole table as CSV, streamed by the server. */
export const CsvLink = ({ table, from, to }: CsvLinkProps) => {
  const query = new URLSearchParams({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  return (
    <a href={`/api/v1/exports/${table}?${query.toString()}`} download={`${table}.csv`} className={buttonClass()}>
      Whole table as CSV
    </a>
  );
};
