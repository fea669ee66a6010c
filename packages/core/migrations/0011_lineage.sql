CREATE TABLE "evidence_query" (
	"query_id" text PRIMARY KEY NOT NULL,
	"reads" text NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lineage_dataset" (
	"run_id" text NOT NULL,
	"role" text NOT NULL,
	"dataset" text NOT NULL,
	"digest" text,
	CONSTRAINT "lineage_dataset_run_id_role_dataset_pk" PRIMARY KEY("run_id","role","dataset")
);
--> statement-breakpoint
ALTER TABLE "allocation_pool" ADD COLUMN "query_id" text;--> statement-breakpoint
ALTER TABLE "lineage_dataset" ADD CONSTRAINT "lineage_dataset_run_id_lineage_run_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."lineage_run"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lineage_dataset_name" ON "lineage_dataset" USING btree ("dataset","role");--> statement-breakpoint
ALTER TABLE "allocation_pool" ADD CONSTRAINT "allocation_pool_query_id_evidence_query_query_id_fk" FOREIGN KEY ("query_id") REFERENCES "public"."evidence_query"("query_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lineage_dataset FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON evidence_query FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
SELECT enforce_row_security();
