import { Link } from "@tanstack/react-router";
import { invoiceIdOf } from "./ids.ts";

/** An invoice by its number, or by its id while it has none; the way to its page. */
export const InvoiceLink = ({ id, number }: { readonly id: string; readonly number?: string | null }) => (
  <Link to="/invoices/$invoiceId" params={{ invoiceId: invoiceIdOf(id) }} className="link figures">
    {number ?? id}
  </Link>
);
