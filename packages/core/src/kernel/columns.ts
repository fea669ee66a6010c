import { bigint, char, customType, date, numeric, timestamp, varchar } from "drizzle-orm/pg-core";
import type { Currency } from "../money/index.ts";
import type { Day } from "../time/index.ts";
import type { TenantId } from "./id.ts";

/** NUMERIC(38,12): costs, quantities, unit prices and weights, as decimal text. */
export const exactColumn = (name: string) => numeric(name, { precision: 38, scale: 12 });
/** BIGINT minor units of the currency beside it. */
export const minorColumn = (name: string) => bigint(name, { mode: "bigint" });
/** CHAR(3), an ISO 4217 code. */
export const currencyColumn = (name: string) => char(name, { length: 3 }).$type<Currency>();
/** A UTC calendar day. */
export const dayColumn = (name: string) => date(name, { mode: "string" }).$type<Day>();
/** An instant, with time zone. */
export const instantColumn = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });
export const tenantColumn = (name = "tenant_id") => varchar(name, { length: 64 }).$type<TenantId>();
/** Raw bytes; drivers answer Buffer or Uint8Array, both of which are Uint8Array. */
export const bytesColumn = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });
