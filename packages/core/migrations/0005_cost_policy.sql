CREATE TABLE "cost_policy_version" (
	"version" integer PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"created_by" varchar(128) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cur_delivery" ADD COLUMN "policy_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cur_finding" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "cur_finding" ADD COLUMN "accepted_by" varchar(128);--> statement-breakpoint
ALTER TABLE "cur_finding" ADD COLUMN "accepted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cur_finding" ADD COLUMN "accepted_reason" text;
--> statement-breakpoint
-- A version of the policy stays as it was written: a delivery names the one that it was checked under.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cost_policy_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
SELECT enforce_row_security();
