import type { AccessScope } from "../record/index.ts";

/** A column that a table is ordered and continued by, with its type in SQL. */
export interface KeyColumn {
  readonly column: string;
  readonly type: "text" | "bigint" | "integer" | "date" | "uuid";
}

/** A table as it may be exported: names only, so that nothing of a request ever becomes SQL. */
export interface ExportableTable {
  readonly needs: AccessScope;
  /** Unique together, never null: the order of the export. */
  readonly key: readonly [KeyColumn, ...KeyColumn[]];
  /** What `from` and `to` look at; null where the table has no day of its own. */
  readonly day: string | null;
  readonly columns: readonly string[];
}

const names = (text: string): string[] => text.trim().split(/\s+/);
const by = (column: string, type: KeyColumn["type"] = "text"): KeyColumn => ({ column, type });

const COST_TABLES = {
  cost_daily: {
    needs: "cost:read",
    key: [by("delivery_id"), by("group_no", "integer")],
    day: "usage_date",
    columns: names(`delivery_id group_no period usage_date tenant_tag tag_state plan_tag component service usage_type
      line_item_type account region payer billing_entity provider is_upfront usage_amount unblended_cost amortized_cost
      net_unblended_cost net_amortized_cost upfront_purchase amortized_upfront row_count`),
  },
  cur_ingestion_log: {
    needs: "cost:read",
    key: [by("run_id", "uuid")],
    day: "period_start",
    columns:
      names(`run_id period_start period_end status row_count duration_sec error_log source_digest executed_by source
      started_at finished_at`),
  },
  fact_cost_delta: {
    needs: "cost:read",
    key: [by("bill_period"), by("source_digest"), by("change_type")],
    day: null,
    columns: names(`bill_period source_digest change_type record_count unblended_delta amortized_delta delivery_id
      replaced_delivery_id detected_at applied_at`),
  },
  allocation_rules: {
    needs: "cost:read",
    key: [by("rule_id"), by("version", "integer")],
    day: "effective_from",
    columns:
      names(`rule_id version title rule_order category selector keys curve floor cap target fallback effective_from
      effective_to status created_at`),
  },
  fact_cost_allocated: {
    needs: "cost:read",
    key: [by("id", "bigint")],
    day: "period_start",
    columns:
      names(`id run_id pool_no kind reason tenant_id period_start period_end service category rule_id rule_version
      currency cost allocated_cost_usd pool_cost key_metric key_value key_total created_at`),
  },
} as const satisfies Record<string, ExportableTable>;

const BILLING_TABLES = {
  invoice_header: {
    needs: "billing:read",
    key: [by("invoice_id")],
    day: "period_start",
    columns:
      names(`invoice_id document_number tenant_id entity_id kind period_start period_end status currency gross_minor
      discount_minor subtotal_minor tax_minor total_minor paid_minor subtotal_usd tax_usd total_usd digest fiscal_year
      issue_date due_date created_at issued_at paid_at`),
  },
  invoice_detail: {
    needs: "billing:read",
    key: [by("id", "bigint")],
    day: "service_start",
    columns: names(`id invoice_id tenant_id line_no line_type sku_code metric_code title quantity unit unit_price_usd
      amount_usd amount_minor amount_exact discount_minor cost_usd reference_ids service_start service_end notes`),
  },
  invoice_tax: {
    needs: "billing:read",
    key: [by("invoice_id"), by("tax_no", "integer")],
    day: null,
    columns: names("invoice_id tenant_id tax_no name jurisdiction category rate_percent base_minor tax_minor"),
  },
  payment_txn: {
    needs: "billing:read",
    key: [by("payment_id")],
    day: "received_on",
    columns: names(`payment_id tenant_id invoice_id method provider provider_ref currency amount_minor amount_usd status
      received_on recorded_by approval_id failure_reason created_at confirmed_at`),
  },
  payment_application: {
    needs: "billing:read",
    key: [by("id", "bigint")],
    day: null,
    columns: names("id payment_id invoice_id tenant_id amount_minor applied_at"),
  },
  credit_balance: {
    needs: "billing:read",
    key: [by("credit_id")],
    day: null,
    columns: names("credit_id tenant_id kind source_id currency amount_minor remaining_minor created_at"),
  },
  ledger_account: {
    needs: "billing:read",
    key: [by("account_code")],
    day: null,
    columns: names("account_code name type"),
  },
  journal_entry: {
    needs: "billing:read",
    key: [by("journal_id")],
    day: "entry_date",
    columns: names("journal_id entry_date document_type document_id event description reverses created_at"),
  },
  journal_line: {
    needs: "billing:read",
    key: [by("journal_id"), by("line_no", "integer")],
    day: null,
    columns: names("journal_id line_no account_code amount_usd_minor currency amount_minor tenant_id sku_family"),
  },
  approval_request: {
    needs: "billing:read",
    key: [by("approval_id")],
    day: null,
    columns:
      names(`approval_id kind subject_id tenant_id subject_digest prepared_by requested_by requested_at expires_at
      state decided_by decided_at reason`),
  },
} as const satisfies Record<string, ExportableTable>;

const CONTROL_TABLES = {
  recon_summary: {
    needs: "recon:read",
    key: [by("recon_id")],
    day: "period_start",
    columns: names(`recon_id period_start period_end basis currency aws_total_usd allocated_total_usd
      operator_overhead_usd invoiced_total_usd margin_total_usd variance_usd variance_pct status policy_version
      inputs_digest created_at`),
  },
  recon_exceptions: {
    needs: "recon:read",
    key: [by("exception_id")],
    day: null,
    columns:
      names(`exception_id recon_id period check_name finding_key tenant_id category description variance_pct status
      owner resolution evidence created_at updated_at`),
  },
  period_verdict: {
    needs: "recon:read",
    key: [by("period"), by("check_name")],
    day: null,
    columns: names("period check_name verdict detail decided_at"),
  },
  audit_event: {
    needs: "audit:read",
    key: [by("sequence", "bigint")],
    day: null,
    columns: names(`sequence event_id occurred_at actor_type actor_id tenant_id action object_type object_id trace_id
      metadata`),
  },
} as const satisfies Record<string, ExportableTable>;

const TENANT_TABLES = {
  tenant_master: {
    needs: "tenant:read",
    key: [by("tenant_id")],
    day: null,
    columns: names(`tenant_id tenant_name status billing_contact tax_profile entity_id invoice_suffix is_synthetic
      created_at updated_at`),
  },
  tenant_plan_binding: {
    needs: "tenant:read",
    key: [by("binding_id", "uuid")],
    day: "period_start",
    columns: names("binding_id tenant_id plan_code period_start period_end status proration_factor created_at"),
  },
  plan_master: {
    needs: "plan:read",
    key: [by("plan_code")],
    day: "effective_from",
    columns:
      names(`plan_code plan_family version currency base_price_usd base_seats effective_from effective_to created_at
      updated_at`),
  },
  plan_metric_map: {
    needs: "plan:read",
    key: [by("plan_code"), by("metric_code")],
    day: null,
    columns: names("plan_code metric_code cap_value threshold_80 threshold_95 threshold_100 unit notes"),
  },
  usage_snapshot_daily: {
    needs: "usage:read",
    key: [by("id", "bigint")],
    day: "usage_date",
    columns:
      names(`id tenant_id metric_code usage_date version is_current metric_value cap_value utilization quota_event
      ingest_id last_updated_at`),
  },
} as const satisfies Record<string, ExportableTable>;

/** The tables that may be exported, and nothing else. */
export const EXPORTABLE: Readonly<Record<string, ExportableTable>> = {
  ...COST_TABLES,
  ...BILLING_TABLES,
  ...CONTROL_TABLES,
  ...TENANT_TABLES,
};
