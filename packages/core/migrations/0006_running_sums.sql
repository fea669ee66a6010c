CREATE TABLE "cost_period" (
	"delivery_id" varchar(64) NOT NULL,
	"group_no" integer NOT NULL,
	"tenant_tag" text,
	"component" text,
	"service" text NOT NULL,
	"usage_type" text NOT NULL,
	"line_item_type" text NOT NULL,
	"account" text NOT NULL,
	"region" text NOT NULL,
	"provider" text NOT NULL,
	"is_upfront" boolean NOT NULL,
	"unblended_cost" numeric(38, 12) NOT NULL,
	"amortized_cost" numeric(38, 12) NOT NULL,
	"net_unblended_cost" numeric(38, 12) NOT NULL,
	"net_amortized_cost" numeric(38, 12) NOT NULL,
	"row_count" bigint NOT NULL,
	CONSTRAINT "cost_period_delivery_id_group_no_pk" PRIMARY KEY("delivery_id","group_no")
);
--> statement-breakpoint
CREATE TABLE "quota_event" (
	"tenant_id" varchar(64) NOT NULL,
	"metric_code" varchar(64) NOT NULL,
	"period" char(7) NOT NULL,
	"event" varchar(16) NOT NULL,
	"value" numeric(38, 12) NOT NULL,
	"cap_value" numeric(38, 12) NOT NULL,
	"utilization" numeric(38, 12) NOT NULL,
	"ingest_id" text NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "quota_event_tenant_id_metric_code_period_event_pk" PRIMARY KEY("tenant_id","metric_code","period","event")
);
--> statement-breakpoint
CREATE TABLE "usage_period" (
	"tenant_id" varchar(64) NOT NULL,
	"metric_code" varchar(64) NOT NULL,
	"period" char(7) NOT NULL,
	"value" numeric(38, 12) NOT NULL,
	"days" integer NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "usage_period_period_tenant_id_metric_code_pk" PRIMARY KEY("period","tenant_id","metric_code")
);
--> statement-breakpoint
ALTER TABLE "fact_cost_allocated" DROP CONSTRAINT "fact_cost_allocated_run_id_allocation_run_run_id_fk";
--> statement-breakpoint
ALTER TABLE "mail_delivery" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "mail_delivery" ADD COLUMN "body" text;--> statement-breakpoint
ALTER TABLE "mail_delivery" ADD COLUMN "attachments" jsonb;--> statement-breakpoint
ALTER TABLE "quota_event" ADD CONSTRAINT "quota_event_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_period" ADD CONSTRAINT "usage_period_tenant_id_tenant_master_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant_master"("tenant_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Row security binds the owner too: what is summed up here is every tenant's.
SELECT set_config('app.tenant', '*', true);
--> statement-breakpoint
INSERT INTO cost_period (delivery_id, group_no, tenant_tag, component, service, usage_type, line_item_type, account, region, provider, is_upfront,
    unblended_cost, amortized_cost, net_unblended_cost, net_amortized_cost, row_count)
  SELECT delivery_id, row_number() OVER (PARTITION BY delivery_id ORDER BY min(group_no)), tenant_tag, component, service, usage_type, line_item_type,
    account, region, provider, is_upfront, sum(unblended_cost), sum(amortized_cost), sum(net_unblended_cost), sum(net_amortized_cost), sum(row_count)
  FROM cost_daily WHERE delivery_id IN (SELECT delivery_id FROM cur_delivery WHERE status = 'active')
  GROUP BY delivery_id, tenant_tag, component, service, usage_type, line_item_type, account, region, provider, is_upfront;
--> statement-breakpoint
-- Every tenant's cost: the operator's alone.
ALTER TABLE cost_period ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON cost_period USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
-- The constraint of fact_cost_allocated that goes above held nothing of its own: a row's pool is there by its foreign key, and the pool's run by the pool's.
-- Rows and pools join a run only while it is recorded. Once a statement, however many rows it brings: looking the run up for each row took a
-- fifth of an allocation.
DROP TRIGGER while_recording ON fact_cost_allocated;
--> statement-breakpoint
DROP TRIGGER while_recording ON allocation_pool;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION guard_allocation_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stranger text;
BEGIN
  SELECT added.run_id INTO stranger FROM (SELECT DISTINCT run_id FROM added_rows) AS added
    WHERE NOT EXISTS (SELECT 1 FROM allocation_run AS run WHERE run.run_id = added.run_id AND run.status = 'recording') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation run % is stored: no row can be added', stranger USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER while_recording AFTER INSERT ON fact_cost_allocated REFERENCING NEW TABLE AS added_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
CREATE TRIGGER while_recording AFTER INSERT ON allocation_pool REFERENCING NEW TABLE AS added_rows FOR EACH STATEMENT EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
INSERT INTO usage_period (tenant_id, metric_code, period, value, days, updated_at)
  SELECT tenant_id, metric_code, to_char(usage_date, 'YYYY-MM'),
    CASE WHEN metric_code IN ('storage_gb_peak', 'data_retained_gb', 'volume_gb', 'active_users') THEN max(metric_value) ELSE sum(metric_value) END,
    count(*), max(last_updated_at)
  FROM usage_snapshot_daily WHERE is_current GROUP BY 1, 2, 3;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON quota_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
SELECT enforce_row_security();
