-- A snapshot is immutable: only its "current" mark may fall, when a correction supersedes it.
CREATE FUNCTION guard_usage_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.is_current = false OR NEW.is_current = true
     OR (NEW.tenant_id, NEW.metric_code, NEW.usage_date, NEW.version, NEW.metric_value) IS DISTINCT FROM
        (OLD.tenant_id, OLD.metric_code, OLD.usage_date, OLD.version, OLD.metric_value) THEN
    RAISE EXCEPTION 'a usage snapshot is never changed: record a correction as a new version' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER immutable_snapshot BEFORE UPDATE OR DELETE ON usage_snapshot_daily FOR EACH ROW EXECUTE FUNCTION guard_usage_snapshot();
--> statement-breakpoint
ALTER TABLE usage_snapshot_daily ADD CONSTRAINT usage_not_negative CHECK (metric_value >= 0);
