CREATE TABLE "alert" (
	"alert_id" text PRIMARY KEY NOT NULL,
	"alert_key" text NOT NULL,
	"source" text NOT NULL,
	"level" text NOT NULL,
	"tenant_id" varchar(64),
	"message" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"state" text NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "alert_alert_key_unique" UNIQUE("alert_key")
);
--> statement-breakpoint
CREATE TABLE "approval_policy" (
	"version" integer PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"set_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approval_token" (
	"token_digest" text PRIMARY KEY NOT NULL,
	"approval_id" text,
	"sealed_token" text NOT NULL,
	"state" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_promotion" (
	"promotion_id" text PRIMARY KEY NOT NULL,
	"proposal" jsonb NOT NULL,
	"state" text NOT NULL,
	"digest" text NOT NULL,
	"effects" jsonb NOT NULL,
	"proposed_by" jsonb NOT NULL,
	"reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "approval_request" ADD COLUMN "level" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "schedule_run" ADD COLUMN "claimed_by" text;--> statement-breakpoint
ALTER TABLE "approval_token" ADD CONSTRAINT "approval_token_approval_id_approval_request_approval_id_fk" FOREIGN KEY ("approval_id") REFERENCES "public"."approval_request"("approval_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_state" ON "alert" USING btree ("state","tenant_id");--> statement-breakpoint
CREATE INDEX "approval_token_state" ON "approval_token" USING btree ("state","changed_at");--> statement-breakpoint
CREATE INDEX "approval_token_of" ON "approval_token" USING btree ("approval_id");