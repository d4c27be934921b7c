ALTER TABLE "conversations" ADD COLUMN "is_kept" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "is_trimmed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "turns_by_owner" ON "turns" USING btree ("owner_id","ordinal");--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING btree ("at");--> statement-breakpoint
UPDATE "turns" SET "bytes" =
	(SELECT coalesce(sum(octet_length(event)), 0) FROM "turn_events" WHERE turn_id = turns.id) +
	(SELECT coalesce(sum(octet_length(text)), 0) FROM "turn_event_pieces" WHERE turn_id = turns.id);--> statement-breakpoint
DROP TRIGGER audit_entries_only_added ON "audit_entries";--> statement-breakpoint
CREATE TRIGGER audit_entries_only_added BEFORE UPDATE OR TRUNCATE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();--> statement-breakpoint
CREATE FUNCTION refuse_audit_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('floe.retention', true) = 'on' AND OLD.at < now() - interval '30 days' THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'audit entries are only ever added';
END
$$;--> statement-breakpoint
CREATE TRIGGER audit_entries_only_aged_out BEFORE DELETE ON "audit_entries"
	FOR EACH ROW EXECUTE FUNCTION refuse_audit_removal();
