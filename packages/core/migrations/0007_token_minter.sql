ALTER TABLE "access_token" ADD COLUMN "minted_by" text;--> statement-breakpoint
ALTER TABLE "access_token" ADD COLUMN "is_local" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
-- What earlier starts left in their data folders opens nothing any more. Row security binds the owner too.
SELECT set_config('app.tenant', '*', true);
--> statement-breakpoint
DELETE FROM access_token USING user_account WHERE user_account.user_id = access_token.user_id AND user_account.user_name = 'command-line';
