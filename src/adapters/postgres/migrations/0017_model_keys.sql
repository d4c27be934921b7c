CREATE TABLE "model_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"sealed_key" text NOT NULL,
	"last_four" text,
	"base_url" text,
	"model" text NOT NULL,
	"keyed_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "model_keys_by_user" UNIQUE("user_id","provider"),
	CONSTRAINT "model_keys_provider" CHECK ("model_keys"."provider" in ('google', 'anthropic', 'openai-compatible'))
);
--> statement-breakpoint
CREATE TABLE "model_settings" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"limits" json NOT NULL,
	"prices" json NOT NULL
);
--> statement-breakpoint
ALTER TABLE "turn_usage" ADD COLUMN "input_tokens" bigint;--> statement-breakpoint
ALTER TABLE "turn_usage" ADD COLUMN "model" text;--> statement-breakpoint
ALTER TABLE "turn_usage" ADD COLUMN "is_own_key" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "model_keys" ADD CONSTRAINT "model_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_settings" ADD CONSTRAINT "model_settings_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "model_keys_removed" ON "model_keys" USING btree ("removed_at");