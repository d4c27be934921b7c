CREATE TABLE "budgets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"group_id" uuid,
	"user_id" uuid,
	"bytes_per_day" bigint,
	"tokens_per_day" bigint,
	CONSTRAINT "budgets_group" UNIQUE("group_id"),
	CONSTRAINT "budgets_user" UNIQUE("user_id"),
	CONSTRAINT "budgets_subject" CHECK (("budgets"."kind" = 'everyone' and "budgets"."group_id" is null and "budgets"."user_id" is null) or ("budgets"."kind" = 'group' and "budgets"."group_id" is not null and "budgets"."user_id" is null) or ("budgets"."kind" = 'person' and "budgets"."group_id" is null and "budgets"."user_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "turn_usage" (
	"turn_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"day" date NOT NULL,
	"bytes" bigint,
	"tokens" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turn_usage" ADD CONSTRAINT "turn_usage_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "budgets_everyone" ON "budgets" USING btree ("kind") WHERE "budgets"."kind" = 'everyone';--> statement-breakpoint
CREATE INDEX "turn_usage_by_user" ON "turn_usage" USING btree ("user_id","day");