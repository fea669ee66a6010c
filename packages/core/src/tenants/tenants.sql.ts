import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid, varchar } from "drizzle-orm/pg-core";
import { planMaster } from "../catalog/catalog.sql.ts";
import {
  currencyColumn,
  dayColumn,
  exactColumn,
  instantColumn,
  type Json,
  tenantColumn,
  type UserId,
} from "../kernel/index.ts";

/** Who issues invoices: numbers are gapless per entity, document type and fiscal year. */
export const legalEntity = pgTable("legal_entity", {
  entityId: varchar("entity_id", { length: 32 }).primaryKey(),
  name: text("name").notNull(),
  addressLines: jsonb("address_lines").$type<readonly string[]>().notNull(),
  country: text("country").notNull(),
  taxIds: jsonb("tax_ids").$type<readonly { readonly scheme: string; readonly id: string }[]>().notNull(),
  currency: currencyColumn("currency").notNull(),
  fiscalYearStartMonth: integer("fiscal_year_start_month").notNull(),
  timeZone: text("time_zone").notNull(),
  numberPrefix: text("number_prefix").notNull(),
  paymentInstructions: text("payment_instructions").notNull(),
  email: text("email").notNull(),
});

export const tenantMaster = pgTable("tenant_master", {
  tenantId: tenantColumn().primaryKey(),
  tenantName: text("tenant_name").notNull(),
  status: text("status").$type<"active" | "suspended" | "closed">().notNull(),
  billingContact: jsonb("billing_contact").$type<Json>().notNull(),
  taxProfile: jsonb("tax_profile").$type<Json>().notNull(),
  entityId: varchar("entity_id", { length: 32 })
    .notNull()
    .references(() => legalEntity.entityId),
  /** The tenant's part of its invoice ids; unique. */
  invoiceSuffix: text("invoice_suffix").notNull().unique(),
  isSynthetic: boolean("is_synthetic").notNull().default(false),
  revision: integer("revision").notNull().default(1),
  createdAt: instantColumn("created_at").notNull(),
  updatedAt: instantColumn("updated_at").notNull(),
});

export const tenantPlanBinding = pgTable(
  "tenant_plan_binding",
  {
    bindingId: uuid("binding_id").primaryKey(),
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    planCode: varchar("plan_code", { length: 64 })
      .notNull()
      .references(() => planMaster.planCode),
    periodStart: dayColumn("period_start").notNull(),
    /** Last day under this binding; open where null. */
    periodEnd: dayColumn("period_end"),
    status: text("status").$type<"active" | "scheduled" | "expired">().notNull(),
    prorationFactor: exactColumn("proration_factor").notNull(),
    createdAt: instantColumn("created_at").notNull(),
  },
  (table) => [index("binding_tenant").on(table.tenantId, table.periodStart)],
);

/** Seats a tenant has assigned from a day on. A correction of the same day is a row of its own; the one that was recorded last counts. */
export const seatAssignment = pgTable(
  "seat_assignment",
  {
    tenantId: tenantColumn()
      .notNull()
      .references(() => tenantMaster.tenantId),
    effectiveFrom: dayColumn("effective_from").notNull(),
    seats: integer("seats").notNull(),
    recordedAt: instantColumn("recorded_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.effectiveFrom, table.recordedAt] })],
);

/** People who sign in. */
export const userAccount = pgTable("user_account", {
  userId: text("user_id").$type<UserId>().primaryKey(),
  userName: text("user_name").notNull().unique(),
  displayName: text("display_name").notNull(),
  email: text("email").notNull(),
  role: text("role").notNull(),
  tenantId: tenantColumn().references(() => tenantMaster.tenantId),
  /** scrypt, salted; null where only OIDC signs this person in. */
  passwordHash: text("password_hash"),
  oidcSubject: text("oidc_subject").unique(),
  isActive: boolean("is_active").notNull().default(true),
  createdAt: instantColumn("created_at").notNull(),
});

/** Machines that fetch tokens by client credentials. */
export const apiClient = pgTable("api_client", {
  clientId: text("client_id").primaryKey(),
  clientName: text("client_name").notNull(),
  role: text("role").notNull(),
  tenantId: tenantColumn().references(() => tenantMaster.tenantId),
  secretHash: text("secret_hash").notNull(),
  isActive: boolean("is_active").notNull().default(true),
  createdAt: instantColumn("created_at").notNull(),
});

/** Bearer tokens and browser sessions, stored as hashes. */
export const accessToken = pgTable("access_token", {
  tokenHash: text("token_hash").primaryKey(),
  kind: text("kind").$type<"bearer" | "session">().notNull(),
  userId: text("user_id")
    .$type<UserId>()
    .references(() => userAccount.userId),
  clientId: text("client_id").references(() => apiClient.clientId),
  role: text("role").notNull(),
  tenantId: tenantColumn(),
  csrfHash: text("csrf_hash"),
  /** Who made it for somebody, where that was a person or a client. */
  mintedBy: text("minted_by"),
  /** Kept in the data folder for the command line of this machine. */
  isLocal: boolean("is_local").notNull().default(false),
  createdAt: instantColumn("created_at").notNull(),
  expiresAt: instantColumn("expires_at").notNull(),
});
