ALTER TABLE "work_run" ADD COLUMN "lease_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "work_run" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;