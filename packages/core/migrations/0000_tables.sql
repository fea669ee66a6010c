CREATE TABLE "allocation_finding" (
	"run_id" varchar(64) NOT NULL,
	"finding_no" integer NOT NULL,
	"code" varchar(32) NOT NULL,
	"category" varchar(16) NOT NULL,
	"service" text NOT NULL,
	"rule_id" varchar(64),
	"subject" text,
	"cost" numeric(38, 12) NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "allocation_finding_run_id_finding_no_pk" PRIMARY KEY("run_id","finding_no")
);
--> statement-breakpoint
CREATE TABLE "allocation_input" (
	"run_id" varchar(64) PRIMARY KEY NOT NULL,
	"tenants" jsonb NOT NULL,
	"usage" jsonb NOT NULL,
	"previous_usage" jsonb NOT NULL,
	"rules" jsonb NOT NULL,
	"policy" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "allocation_policy" (
	"version" integer PRIMARY KEY NOT NULL,
	"effective_from" date NOT NULL,
	"policy" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "allocation_pool" (
	"run_id" varchar(64) NOT NULL,
	"pool_no" integer NOT NULL,
	"reason" varchar(24) NOT NULL,
	"service" text NOT NULL,
	"category" varchar(16) NOT NULL,
	"rule_id" varchar(64),
	"rule_version" integer,
	"tenant_tag" text,
	"cost" numeric(38, 12) NOT NULL,
	"lines" bigint NOT NULL,
	"clauses" jsonb NOT NULL,
	CONSTRAINT "allocation_pool_run_id_pool_no_pk" PRIMARY KEY("run_id","pool_no")
);
--> statement-breakpoint
CREATE TABLE "allocation_rules" (
	"rule_id" varchar(64) NOT NULL,
	"version" integer NOT NULL,
	"title" text NOT NULL,
	"rule_order" integer NOT NULL,
	"category" varchar(16) NOT NULL,
	"selector" jsonb NOT NULL,
	"keys" jsonb NOT NULL,
	"curve" jsonb NOT NULL,
	"floor" numeric(38, 12),
	"cap" numeric(38, 12),
	"target" varchar(16) NOT NULL,
	"fallback" varchar(16) NOT NULL,
	"effective_from" date NOT NULL,
	"effective_to" date,
	"status" varchar(16) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "allocation_rules_rule_id_version_pk" PRIMARY KEY("rule_id","version")
);
--> statement-breakpoint
CREATE TABLE "allocation_run" (
	"run_id" varchar(64) PRIMARY KEY NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"basis" varchar(16) NOT NULL,
	"currency" char(3) NOT NULL,
	"deliveries" jsonb NOT NULL,
	"delivery_digest" varchar(80) NOT NULL,
	"rules_digest" varchar(80) NOT NULL,
	"usage_digest" varchar(80) NOT NULL,
	"tenants_digest" varchar(80) NOT NULL,
	"input_digest" varchar(80) NOT NULL,
	"plan_digest" varchar(80) NOT NULL,
	"total_cost" numeric(38, 12) NOT NULL,
	"direct_cost" numeric(38, 12) NOT NULL,
	"allocated_cost" numeric(38, 12) NOT NULL,
	"overhead_cost" numeric(38, 12) NOT NULL,
	"untagged_cost" numeric(38, 12) NOT NULL,
	"status" varchar(16) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "allocation_run_input_digest_unique" UNIQUE("input_digest")
);
--> statement-breakpoint
CREATE TABLE "fact_cost_allocated" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run_id" varchar(64) NOT NULL,
	"pool_no" integer NOT NULL,
	"kind" varchar(16) NOT NULL,
	"reason" varchar(24) NOT NULL,
	"tenant_id" varchar(64),
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"service" text NOT NULL,
	"category" varchar(16) NOT NULL,
	"rule_id" varchar(64),
	"rule_version" integer,
	"currency" char(3) NOT NULL,
	"cost" numeric(38, 12) NOT NULL,
	"allocated_cost_usd" numeric(38, 12) GENERATED ALWAYS AS (CASE WHEN currency = 'USD' THEN cost END) STORED,
	"pool_cost" numeric(38, 12) NOT NULL,
	"key_metric" text,
	"key_value" numeric(38, 12),
	"key_total" numeric(38, 12),
	"source_line_ids" jsonb NOT NULL,
	"evidence_links" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approval_request" (
	"approval_id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"tenant_id" varchar(64),
	"subject_digest" text NOT NULL,
	"prepared_by" jsonb NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone,
	"reason" text,
	"summary" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plan_master" (
	"plan_code" varchar(64) PRIMARY KEY NOT NULL,
	"plan_family" text NOT NULL,
	"version" text NOT NULL,
	"currency" char(3) NOT NULL,
	"base_price_usd" numeric(38, 12) NOT NULL,
	"base_seats" integer NOT NULL,
	"metadata" jsonb NOT NULL,
	"effective_from" date NOT NULL,
	"effective_to" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plan_metric_map" (
	"plan_code" varchar(64) NOT NULL,
	"metric_code" varchar(64) NOT NULL,
	"cap_value" numeric(38, 12) NOT NULL,
	"threshold_80" numeric(38, 12) NOT NULL,
	"threshold_95" numeric(38, 12) NOT NULL,
	"threshold_100" numeric(38, 12) NOT NULL,
	"unit" text NOT NULL,
	"notes" text,
	CONSTRAINT "plan_metric_map_plan_code_metric_code_pk" PRIMARY KEY("plan_code","metric_code")
);
--> statement-breakpoint
CREATE TABLE "plan_version" (
	"plan_code" varchar(64) NOT NULL,
	"version" text NOT NULL,
	"definition" jsonb NOT NULL,
	"digest" text NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_version_plan_code_version_pk" PRIMARY KEY("plan_code","version")
);
--> statement-breakpoint
CREATE TABLE "cost_daily" (
	"delivery_id" varchar(64) NOT NULL,
	"group_no" integer NOT NULL,
	"period" char(7) NOT NULL,
	"usage_date" date NOT NULL,
	"tenant_tag" text,
	"tag_state" varchar(8) NOT NULL,
	"plan_tag" text,
	"component" text,
	"service" text NOT NULL,
	"usage_type" text NOT NULL,
	"line_item_type" text NOT NULL,
	"account" text NOT NULL,
	"region" text NOT NULL,
	"payer" text NOT NULL,
	"billing_entity" text NOT NULL,
	"provider" text NOT NULL,
	"is_upfront" boolean NOT NULL,
	"usage_amount" numeric(38, 12) NOT NULL,
	"unblended_cost" numeric(38, 12) NOT NULL,
	"amortized_cost" numeric(38, 12) NOT NULL,
	"net_unblended_cost" numeric(38, 12) NOT NULL,
	"net_amortized_cost" numeric(38, 12) NOT NULL,
	"upfront_purchase" numeric(38, 12) NOT NULL,
	"amortized_upfront" numeric(38, 12) NOT NULL,
	"row_count" bigint NOT NULL,
	CONSTRAINT "cost_daily_delivery_id_group_no_pk" PRIMARY KEY("delivery_id","group_no")
);
--> statement-breakpoint
CREATE TABLE "cur_delivery" (
	"delivery_id" varchar(64) PRIMARY KEY NOT NULL,
	"source_delivery_id" varchar(128),
	"period" char(7) NOT NULL,
	"currency" char(3) NOT NULL,
	"format" varchar(16) NOT NULL,
	"status" varchar(16) NOT NULL,
	"is_final" boolean NOT NULL,
	"rows" bigint NOT NULL,
	"split_rows" bigint NOT NULL,
	"unblended_cost" numeric(38, 12) NOT NULL,
	"amortized_cost" numeric(38, 12) NOT NULL,
	"net_unblended_cost" numeric(38, 12) NOT NULL,
	"net_amortized_cost" numeric(38, 12) NOT NULL,
	"upfront_purchase" numeric(38, 12) NOT NULL,
	"amortized_upfront" numeric(38, 12) NOT NULL,
	"rows_without_net" bigint NOT NULL,
	"rows_without_invoice" bigint NOT NULL,
	"payers" jsonb NOT NULL,
	"digest" varchar(80) NOT NULL,
	"raw_files" jsonb NOT NULL,
	"columnar_files" jsonb NOT NULL,
	"daily_digest" varchar(80) NOT NULL,
	"superseded_by" varchar(64),
	"created_at" timestamp (3) with time zone NOT NULL,
	"activated_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "cur_finding" (
	"delivery_id" varchar(64) NOT NULL,
	"finding_no" integer NOT NULL,
	"code" varchar(64) NOT NULL,
	"severity" varchar(16) NOT NULL,
	"file" text NOT NULL,
	"row" bigint,
	"column" text,
	"message" text NOT NULL,
	CONSTRAINT "cur_finding_delivery_id_finding_no_pk" PRIMARY KEY("delivery_id","finding_no")
);
--> statement-breakpoint
CREATE TABLE "cur_ingestion_log" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"period_start" date,
	"period_end" date,
	"status" varchar(16) NOT NULL,
	"row_count" bigint,
	"duration_sec" numeric(38, 12),
	"error_log" text,
	"source_digest" varchar(80),
	"executed_by" varchar(128) NOT NULL,
	"source" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "fact_cost_delta" (
	"bill_period" char(7) NOT NULL,
	"source_digest" varchar(80) NOT NULL,
	"change_type" varchar(8) NOT NULL,
	"record_count" bigint NOT NULL,
	"unblended_delta" numeric(38, 12) NOT NULL,
	"amortized_delta" numeric(38, 12) NOT NULL,
	"delivery_id" varchar(64) NOT NULL,
	"replaced_delivery_id" varchar(64),
	"detected_at" timestamp (3) with time zone NOT NULL,
	"applied_at" timestamp (3) with time zone,
	CONSTRAINT "fact_cost_delta_bill_period_source_digest_change_type_pk" PRIMARY KEY("bill_period","source_digest","change_type")
);
--> statement-breakpoint
CREATE TABLE "document_number" (
	"entity_id" varchar(32) NOT NULL,
	"document_type" text NOT NULL,
	"fiscal_year" integer NOT NULL,
	"last_number" integer NOT NULL,
	"last_date" date NOT NULL,
	CONSTRAINT "document_number_entity_id_document_type_fiscal_year_pk" PRIMARY KEY("entity_id","document_type","fiscal_year")
);
--> statement-breakpoint
CREATE TABLE "invoice_detail" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"line_no" integer NOT NULL,
	"line_type" text NOT NULL,
	"sku_code" text NOT NULL,
	"metric_code" text,
	"title" text NOT NULL,
	"quantity" numeric(38, 12) NOT NULL,
	"unit" text NOT NULL,
	"unit_price_usd" numeric(38, 12),
	"amount_usd" numeric(38, 12) NOT NULL,
	"amount_minor" bigint NOT NULL,
	"amount_exact" numeric(38, 12) NOT NULL,
	"discount_minor" bigint NOT NULL,
	"cost_usd" numeric(38, 12) NOT NULL,
	"steps" jsonb NOT NULL,
	"reference_ids" jsonb NOT NULL,
	"service_start" date NOT NULL,
	"service_end" date NOT NULL,
	"notes" text
);
--> statement-breakpoint
CREATE TABLE "invoice_header" (
	"invoice_id" text PRIMARY KEY NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"entity_id" varchar(32) NOT NULL,
	"kind" text NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"status" text NOT NULL,
	"currency" char(3) NOT NULL,
	"gross_minor" bigint NOT NULL,
	"discount_minor" bigint NOT NULL,
	"subtotal_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"paid_minor" bigint NOT NULL,
	"subtotal_usd" numeric(38, 12) NOT NULL,
	"tax_usd" numeric(38, 12) NOT NULL,
	"total_usd" numeric(38, 12) NOT NULL,
	"document" jsonb NOT NULL,
	"digest" text NOT NULL,
	"draft_revision" integer NOT NULL,
	"prepared_by" jsonb NOT NULL,
	"comparison" jsonb NOT NULL,
	"sent_back_reason" text,
	"document_number" text,
	"fiscal_year" integer,
	"issue_date" date,
	"due_date" date,
	"pdf_digest" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"issued_at" timestamp (3) with time zone,
	"paid_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"lock_version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoice_tax" (
	"invoice_id" text NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"tax_no" integer NOT NULL,
	"name" text NOT NULL,
	"jurisdiction" text NOT NULL,
	"category" text NOT NULL,
	"rate_percent" numeric(38, 12) NOT NULL,
	"base_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	CONSTRAINT "invoice_tax_invoice_id_tax_no_pk" PRIMARY KEY("invoice_id","tax_no")
);
--> statement-breakpoint
CREATE TABLE "mail_delivery" (
	"message_id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"recipients" jsonb NOT NULL,
	"state" text NOT NULL,
	"detail" text,
	"queued_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_entry" (
	"journal_id" text PRIMARY KEY NOT NULL,
	"entry_date" date NOT NULL,
	"document_type" text NOT NULL,
	"document_id" text NOT NULL,
	"event" text NOT NULL,
	"description" text NOT NULL,
	"reverses" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_line" (
	"journal_id" text NOT NULL,
	"line_no" integer NOT NULL,
	"account_code" text NOT NULL,
	"amount_usd_minor" bigint NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_minor" bigint NOT NULL,
	"tenant_id" varchar(64),
	"sku_family" text,
	CONSTRAINT "journal_line_journal_id_line_no_pk" PRIMARY KEY("journal_id","line_no")
);
--> statement-breakpoint
CREATE TABLE "ledger_account" (
	"account_code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credit_balance" (
	"credit_id" text PRIMARY KEY NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"kind" text NOT NULL,
	"source_id" text NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_minor" bigint NOT NULL,
	"remaining_minor" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_application" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"amount_minor" bigint NOT NULL,
	"applied_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_txn" (
	"payment_id" text PRIMARY KEY NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"invoice_id" text,
	"method" text NOT NULL,
	"provider" text NOT NULL,
	"provider_ref" text NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_minor" bigint NOT NULL,
	"amount_usd" numeric(38, 12) NOT NULL,
	"status" text NOT NULL,
	"received_on" date NOT NULL,
	"recorded_by" text NOT NULL,
	"approval_id" text,
	"failure_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"confirmed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "billing_period" (
	"period" char(7) PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "period_verdict" (
	"period" char(7) NOT NULL,
	"check_name" text NOT NULL,
	"verdict" text NOT NULL,
	"detail" jsonb NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "period_verdict_period_check_name_pk" PRIMARY KEY("period","check_name")
);
--> statement-breakpoint
CREATE TABLE "recon_exceptions" (
	"exception_id" text PRIMARY KEY NOT NULL,
	"recon_id" text NOT NULL,
	"period" char(7) NOT NULL,
	"check_name" text NOT NULL,
	"finding_key" text NOT NULL,
	"tenant_id" varchar(64),
	"category" text NOT NULL,
	"description" text NOT NULL,
	"variance_pct" numeric(38, 12),
	"status" text NOT NULL,
	"owner" text,
	"resolution" text,
	"evidence" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recon_summary" (
	"recon_id" text PRIMARY KEY NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"basis" text NOT NULL,
	"currency" char(3) NOT NULL,
	"aws_total_usd" numeric(38, 12) NOT NULL,
	"allocated_total_usd" numeric(38, 12) NOT NULL,
	"operator_overhead_usd" numeric(38, 12) NOT NULL,
	"invoiced_total_usd" numeric(38, 12) NOT NULL,
	"margin_total_usd" numeric(38, 12) NOT NULL,
	"variance_usd" numeric(38, 12) NOT NULL,
	"variance_pct" numeric(38, 12) NOT NULL,
	"status" text NOT NULL,
	"policy_version" integer NOT NULL,
	"checks" jsonb NOT NULL,
	"inputs_digest" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_event" (
	"event_id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"tenant_id" varchar(64),
	"action" text NOT NULL,
	"object_type" text NOT NULL,
	"object_id" text NOT NULL,
	"trace_id" text NOT NULL,
	"metadata" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seal" (
	"position" bigint PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"event_digest" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_seal_event_id_unique" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_key" (
	"actor_id" text NOT NULL,
	"key" text NOT NULL,
	"action" text NOT NULL,
	"input_digest" text NOT NULL,
	"result" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_key_actor_id_key_pk" PRIMARY KEY("actor_id","key")
);
--> statement-breakpoint
CREATE TABLE "lineage_run" (
	"run_id" text PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"subject" text NOT NULL,
	"inputs" jsonb NOT NULL,
	"rule_versions" jsonb NOT NULL,
	"evidence_query" text,
	"outputs" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"outbox_id" text PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"effect_key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"locked_until" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"done_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"last_error" text
);
--> statement-breakpoint
CREATE TABLE "schedule_run" (
	"schedule" text NOT NULL,
	"scheduled_for" timestamp (3) with time zone NOT NULL,
	"claimed_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"failure" text,
	CONSTRAINT "schedule_run_schedule_scheduled_for_pk" PRIMARY KEY("schedule","scheduled_for")
);
--> statement-breakpoint
CREATE TABLE "work_run" (
	"run_id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"tenant_id" varchar(64),
	"status" text NOT NULL,
	"input" jsonb NOT NULL,
	"requested_by" jsonb NOT NULL,
	"trace_id" text NOT NULL,
	"result" jsonb,
	"error" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "access_token" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_id" text,
	"client_id" text,
	"role" text NOT NULL,
	"tenant_id" varchar(64),
	"csrf_hash" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_client" (
	"client_id" text PRIMARY KEY NOT NULL,
	"client_name" text NOT NULL,
	"role" text NOT NULL,
	"tenant_id" varchar(64),
	"secret_hash" text NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_entity" (
	"entity_id" varchar(32) PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"address_lines" jsonb NOT NULL,
	"country" text NOT NULL,
	"tax_ids" jsonb NOT NULL,
	"currency" char(3) NOT NULL,
	"fiscal_year_start_month" integer NOT NULL,
	"time_zone" text NOT NULL,
	"number_prefix" text NOT NULL,
	"payment_instructions" text NOT NULL,
	"email" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "seat_assignment" (
	"tenant_id" varchar(64) NOT NULL,
	"effective_from" date NOT NULL,
	"seats" integer NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "seat_assignment_tenant_id_effective_from_pk" PRIMARY KEY("tenant_id","effective_from")
);
--> statement-breakpoint
CREATE TABLE "tenant_master" (
	"tenant_id" varchar(64) PRIMARY KEY NOT NULL,
	"tenant_name" text NOT NULL,
	"status" text NOT NULL,
	"billing_contact" jsonb NOT NULL,
	"tax_profile" jsonb NOT NULL,
	"entity_id" varchar(32) NOT NULL,
	"invoice_suffix" text NOT NULL,
	"is_synthetic" boolean DEFAULT false NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tenant_master_invoice_suffix_unique" UNIQUE("invoice_suffix")
);
--> statement-breakpoint
CREATE TABLE "tenant_plan_binding" (
	"binding_id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"plan_code" varchar(64) NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date,
	"status" text NOT NULL,
	"proration_factor" numeric(38, 12) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user_account" (
	"user_id" text PRIMARY KEY NOT NULL,
	"user_name" text NOT NULL,
	"display_name" text NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"tenant_id" varchar(64),
	"password_hash" text,
	"oidc_subject" text,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_account_user_name_unique" UNIQUE("user_name"),
	CONSTRAINT "user_account_oidc_subject_unique" UNIQUE("oidc_subject")
);
--> statement-breakpoint
CREATE TABLE "usage_snapshot_daily" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"metric_code" varchar(64) NOT NULL,
	"usage_date" date NOT NULL,
	"version" integer NOT NULL,
	"is_current" boolean NOT NULL,
	"metric_value" numeric(38, 12) NOT NULL,
	"cap_value" numeric(38, 12),
	"utilization" numeric(38, 12),
	"quota_event" text,
	"ingest_id" text NOT NULL,
	"last_updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "allocation_finding" ADD CONSTRAINT "allocation_finding_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_input" ADD CONSTRAINT "allocation_input_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_pool" ADD CONSTRAINT "allocation_pool_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_pool" ADD CONSTRAINT "allocation_pool_rule_id_rule_version_allocation_rules_rule_id_version_fk" FOREIGN KEY ("rule_id","rule_version") REFERENCES "public"."allocation_rules"("rule_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" ADD CONSTRAINT "fact_cost_allocated_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" ADD CONSTRAINT "fact_cost_allocated_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" ADD CONSTRAINT "fact_cost_allocated_run_id_pool_no_allocation_pool_run_id_pool_no_fk" FOREIGN KEY ("run_id","pool_no") REFERENCES "public"."allocation_pool"("run_id","pool_no") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_metric_map" ADD CONSTRAINT "plan_metric_map_plan_code_plan_master_plan_code_fk" FOREIGN KEY ("plan_code") REFERENCES "public"."plan_master"("plan_code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_version" ADD CONSTRAINT "plan_version_plan_code_plan_master_plan_code_fk" FOREIGN KEY ("plan_code") REFERENCES "public"."plan_master"("plan_code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_number" ADD CONSTRAINT "document_number_entity_id_legal_entity_entity_id_fk" FOREIGN KEY ("entity_id") REFERENCES "public"."legal_entity"("entity_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_detail" ADD CONSTRAINT "invoice_detail_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_header" ADD CONSTRAINT "invoice_header_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_header" ADD CONSTRAINT "invoice_header_entity_id_legal_entity_entity_id_fk" FOREIGN KEY ("entity_id") REFERENCES "public"."legal_entity"("entity_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_tax" ADD CONSTRAINT "invoice_tax_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_delivery" ADD CONSTRAINT "mail_delivery_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_reverses_journal_entry_journal_id_fk" FOREIGN KEY ("reverses") REFERENCES "public"."journal_entry"("journal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_journal_id_journal_entry_journal_id_fk" FOREIGN KEY ("journal_id") REFERENCES "public"."journal_entry"("journal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_account_code_ledger_account_account_code_fk" FOREIGN KEY ("account_code") REFERENCES "public"."ledger_account"("account_code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_balance" ADD CONSTRAINT "credit_balance_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_application" ADD CONSTRAINT "payment_application_payment_id_payment_txn_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payment_txn"("payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_application" ADD CONSTRAINT "payment_application_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_txn" ADD CONSTRAINT "payment_txn_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_txn" ADD CONSTRAINT "payment_txn_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recon_exceptions" ADD CONSTRAINT "recon_exceptions_recon_id_recon_summary_recon_id_fk" FOREIGN KEY ("recon_id") REFERENCES "public"."recon_summary"("recon_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_seal" ADD CONSTRAINT "audit_seal_event_id_audit_event_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."audit_event"("event_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_user_id_user_account_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_account"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_client_id_api_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."api_client"("client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_client" ADD CONSTRAINT "api_client_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seat_assignment" ADD CONSTRAINT "seat_assignment_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_master" ADD CONSTRAINT "tenant_master_entity_id_legal_entity_entity_id_fk" FOREIGN KEY ("entity_id") REFERENCES "public"."legal_entity"("entity_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_plan_binding" ADD CONSTRAINT "tenant_plan_binding_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenant_plan_binding" ADD CONSTRAINT "tenant_plan_binding_plan_code_plan_master_plan_code_fk" FOREIGN KEY ("plan_code") REFERENCES "public"."plan_master"("plan_code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_snapshot_daily" ADD CONSTRAINT "usage_snapshot_daily_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "allocation_run_active" ON "allocation_run" USING btree ("period_start","period_end","basis","currency") WHERE status = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX "fact_cost_allocated_share" ON "fact_cost_allocated" USING btree ("run_id","pool_no",coalesce(tenant_id, ''),"kind");--> statement-breakpoint
CREATE INDEX "fact_cost_allocated_tenant" ON "fact_cost_allocated" USING btree ("tenant_id","period_start");--> statement-breakpoint
CREATE UNIQUE INDEX "approval_one_pending" ON "approval_request" USING btree ("kind","subject_id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approval_state" ON "approval_request" USING btree ("state","requested_at");--> statement-breakpoint
CREATE INDEX "cost_daily_period" ON "cost_daily" USING btree ("period","usage_date");--> statement-breakpoint
CREATE INDEX "cost_daily_tenant" ON "cost_daily" USING btree ("tenant_tag","period");--> statement-breakpoint
CREATE INDEX "cur_delivery_period" ON "cur_delivery" USING btree ("period","status");--> statement-breakpoint
CREATE INDEX "cur_delivery_digest" ON "cur_delivery" USING btree ("digest");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_detail_line" ON "invoice_detail" USING btree ("invoice_id","line_no");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_one_live" ON "invoice_header" USING btree ("tenant_id","period_start","period_end","kind") WHERE status not in ('cancelled', 'discarded');--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_number" ON "invoice_header" USING btree ("entity_id","document_number");--> statement-breakpoint
CREATE INDEX "invoice_period" ON "invoice_header" USING btree ("period_start","status");--> statement-breakpoint
CREATE INDEX "mail_delivery_invoice" ON "mail_delivery" USING btree ("invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entry_event" ON "journal_entry" USING btree ("document_type","document_id","event");--> statement-breakpoint
CREATE INDEX "journal_line_account" ON "journal_line" USING btree ("account_code");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_balance_source" ON "credit_balance" USING btree ("kind","source_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_application_once" ON "payment_application" USING btree ("payment_id","invoice_id");--> statement-breakpoint
CREATE INDEX "payment_application_invoice" ON "payment_application" USING btree ("invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_provider_ref" ON "payment_txn" USING btree ("provider","provider_ref");--> statement-breakpoint
CREATE INDEX "payment_invoice" ON "payment_txn" USING btree ("invoice_id");--> statement-breakpoint
CREATE INDEX "payment_received" ON "payment_txn" USING btree ("received_on","status");--> statement-breakpoint
CREATE UNIQUE INDEX "recon_exception_finding" ON "recon_exceptions" USING btree ("period","finding_key");--> statement-breakpoint
CREATE INDEX "recon_exception_status" ON "recon_exceptions" USING btree ("status");--> statement-breakpoint
CREATE INDEX "recon_period" ON "recon_summary" USING btree ("period_start","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_event_sequence" ON "audit_event" USING btree ("sequence");--> statement-breakpoint
CREATE INDEX "audit_event_object" ON "audit_event" USING btree ("object_type","object_id");--> statement-breakpoint
CREATE INDEX "lineage_run_subject" ON "lineage_run" USING btree ("job","subject");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_effect" ON "outbox" USING btree ("topic","effect_key");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("done_at","next_attempt_at");--> statement-breakpoint
CREATE INDEX "work_run_status" ON "work_run" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "binding_tenant" ON "tenant_plan_binding" USING btree ("tenant_id","period_start");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_snapshot_version" ON "usage_snapshot_daily" USING btree ("tenant_id","metric_code","usage_date","version");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_snapshot_current" ON "usage_snapshot_daily" USING btree ("tenant_id","metric_code","usage_date") WHERE is_current;--> statement-breakpoint
CREATE INDEX "usage_snapshot_date" ON "usage_snapshot_daily" USING btree ("usage_date","metric_code");