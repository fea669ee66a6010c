CREATE TABLE "allocation_baseline" (
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"basis" varchar(16) NOT NULL,
	"currency" char(3) NOT NULL,
	"run_id" varchar(64) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "allocation_baseline_period_start_period_end_basis_currency_pk" PRIMARY KEY("period_start","period_end","basis","currency")
);
--> statement-breakpoint
CREATE TABLE "restatement" (
	"restatement_id" text PRIMARY KEY NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"currency" char(3) NOT NULL,
	"run_id" varchar(64) NOT NULL,
	"baseline_run_id" varchar(64) NOT NULL,
	"allocation_digest" varchar(80) NOT NULL,
	"delivery_digest" varchar(80) NOT NULL,
	"policy_version" integer NOT NULL,
	"invoices" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "restatement_row" (
	"restatement_id" text NOT NULL,
	"row_no" integer NOT NULL,
	"tenant_id" varchar(64) NOT NULL,
	"kind" text NOT NULL,
	"invoice_id" text NOT NULL,
	"line_id" text NOT NULL,
	"corrects_invoice_id" text,
	"corrects_line_no" integer,
	"amount_usd" numeric(38, 12) NOT NULL,
	"cost_usd" numeric(38, 12) NOT NULL,
	"line" jsonb,
	CONSTRAINT "restatement_row_restatement_id_row_no_pk" PRIMARY KEY("restatement_id","row_no")
);
--> statement-breakpoint
ALTER TABLE "allocation_run" ADD COLUMN "restates_run_id" varchar(64);--> statement-breakpoint
ALTER TABLE "cost_period" ADD COLUMN "billing_entity" text DEFAULT 'AWS' NOT NULL;--> statement-breakpoint
ALTER TABLE "invoice_detail" ADD COLUMN "adjusts_invoice_id" text;--> statement-breakpoint
ALTER TABLE "invoice_detail" ADD COLUMN "adjusts_line_no" integer;--> statement-breakpoint
ALTER TABLE "allocation_baseline" ADD CONSTRAINT "allocation_baseline_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restatement" ADD CONSTRAINT "restatement_run_id_allocation_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restatement" ADD CONSTRAINT "restatement_baseline_run_id_allocation_run_run_id_fk" FOREIGN KEY ("baseline_run_id") REFERENCES "public"."allocation_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restatement_row" ADD CONSTRAINT "restatement_row_restatement_id_restatement_restatement_id_fk" FOREIGN KEY ("restatement_id") REFERENCES "public"."restatement"("restatement_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restatement_row" ADD CONSTRAINT "restatement_row_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "restatement_run" ON "restatement" USING btree ("run_id");--> statement-breakpoint
ALTER TABLE "invoice_detail" ADD CONSTRAINT "invoice_detail_adjusts_invoice_id_invoice_header_invoice_id_fk" FOREIGN KEY ("adjusts_invoice_id") REFERENCES "public"."invoice_header"("invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invoice_detail_adjusts" ON "invoice_detail" USING btree ("adjusts_invoice_id");
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_baseline FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON restatement FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON restatement_row FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- What is taken back names the issued line that it takes back; what is put in its place is a whole line.
ALTER TABLE restatement_row ADD CONSTRAINT restatement_corrects CHECK (
  (kind = 'reversal' AND corrects_invoice_id IS NOT NULL AND corrects_line_no IS NOT NULL AND line IS NULL)
  OR (kind = 'restated' AND corrects_invoice_id IS NULL AND line IS NOT NULL));
--> statement-breakpoint
-- Rules may select by who bills: sums over days are kept apart by it from now on.
DELETE FROM cost_period WHERE delivery_id IN (SELECT delivery_id FROM cur_delivery WHERE status = 'active');
--> statement-breakpoint
INSERT INTO cost_period (delivery_id, group_no, tenant_tag, component, service, usage_type, line_item_type, account, region, provider, billing_entity,
    is_upfront, unblended_cost, amortized_cost, net_unblended_cost, net_amortized_cost, row_count)
  SELECT delivery_id, row_number() OVER (PARTITION BY delivery_id ORDER BY min(group_no)), tenant_tag, component, service, usage_type, line_item_type,
    account, region, provider, billing_entity, is_upfront, sum(unblended_cost), sum(amortized_cost), sum(net_unblended_cost), sum(net_amortized_cost),
    sum(row_count)
  FROM cost_daily WHERE delivery_id IN (SELECT delivery_id FROM cur_delivery WHERE status = 'active')
  GROUP BY delivery_id, tenant_tag, component, service, usage_type, line_item_type, account, region, provider, billing_entity, is_upfront;
--> statement-breakpoint
-- Row security binds the owner too: every tenant's invoices are looked at.
SELECT set_config('app.tenant', '*', true);
--> statement-breakpoint
-- Periods that were billed before this table was there: the run of their first issued invoice.
INSERT INTO allocation_baseline (period_start, period_end, basis, currency, run_id, created_at)
SELECT DISTINCT ON (r.period_start, r.period_end, r.basis, r.currency)
  r.period_start, r.period_end, r.basis, r.currency, r.run_id, i.issued_at
FROM invoice_header i JOIN allocation_run r ON r.run_id = i.document #>> '{inputs,allocation,run_id}'
WHERE i.issued_at IS NOT NULL
ORDER BY r.period_start, r.period_end, r.basis, r.currency, i.issued_at;
--> statement-breakpoint
SELECT enforce_row_security();
