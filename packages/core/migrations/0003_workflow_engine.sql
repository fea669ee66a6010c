CREATE TABLE "workflow_event" (
	"execution_no" bigint NOT NULL,
	"scope" text NOT NULL,
	"event_id" integer NOT NULL,
	"previous_id" integer NOT NULL,
	"key" text NOT NULL,
	"type" text NOT NULL,
	"state" text,
	"at" timestamp (3) with time zone NOT NULL,
	"details" text NOT NULL,
	CONSTRAINT "workflow_event_execution_no_scope_event_id_pk" PRIMARY KEY("execution_no","scope","event_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_execution" (
	"execution_no" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "workflow_execution_execution_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"execution_arn" text NOT NULL,
	"machine" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"definition" text NOT NULL,
	"input" text NOT NULL,
	"seed" text NOT NULL,
	"output" text,
	"error" text,
	"cause" text,
	"started_at" timestamp (3) with time zone NOT NULL,
	"stopped_at" timestamp (3) with time zone,
	"redrive_count" integer DEFAULT 0 NOT NULL,
	"redriven_at" timestamp (3) with time zone,
	"awaited_by" bigint,
	"runner" text,
	"leased_until" timestamp (3) with time zone,
	"wake_at" timestamp (3) with time zone,
	"news" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "workflow_execution_execution_arn_unique" UNIQUE("execution_arn"),
	CONSTRAINT "workflow_execution_name" UNIQUE("machine","name")
);
--> statement-breakpoint
CREATE TABLE "workflow_journal" (
	"execution_no" bigint NOT NULL,
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	CONSTRAINT "workflow_journal_execution_no_scope_key_pk" PRIMARY KEY("execution_no","scope","key")
);
--> statement-breakpoint
CREATE TABLE "workflow_task_token" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"execution_no" bigint NOT NULL,
	"key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"heartbeat_at" timestamp (3) with time zone,
	"answer" text,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "workflow_execution_list" ON "workflow_execution" USING btree ("machine","execution_no");--> statement-breakpoint
CREATE INDEX "workflow_execution_wake" ON "workflow_execution" USING btree ("status","wake_at");--> statement-breakpoint
CREATE INDEX "workflow_execution_runner" ON "workflow_execution" USING btree ("runner");--> statement-breakpoint
CREATE INDEX "workflow_task_token_execution" ON "workflow_task_token" USING btree ("execution_no");