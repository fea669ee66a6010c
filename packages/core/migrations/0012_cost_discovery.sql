CREATE TABLE "cur_discovery" (
	"source" varchar(1024) NOT NULL,
	"delivery_key" varchar(80) NOT NULL,
	"fingerprint" varchar(80) NOT NULL,
	"group_key" varchar(80) NOT NULL,
	"name" text NOT NULL,
	"report" text,
	"source_delivery_id" varchar(128),
	"period" char(7),
	"state" varchar(16) NOT NULL,
	"reason" text,
	"arrival_order" varchar(64) NOT NULL,
	"manifests" jsonb NOT NULL,
	"objects" jsonb NOT NULL,
	"delivery_ids" jsonb NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	"imported_at" timestamp (3) with time zone,
	CONSTRAINT "cur_discovery_source_delivery_key_pk" PRIMARY KEY("source","delivery_key")
);
--> statement-breakpoint
CREATE INDEX "cur_discovery_state" ON "cur_discovery" USING btree ("state");
--> statement-breakpoint
SELECT enforce_row_security();
