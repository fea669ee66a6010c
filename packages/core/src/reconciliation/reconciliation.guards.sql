CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON recon_summary FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- The total splits without rest, or the difference stands beside it.
ALTER TABLE recon_summary ADD CONSTRAINT recon_variance
  CHECK (variance_usd = aws_total_usd - allocated_total_usd - operator_overhead_usd);
--> statement-breakpoint
CREATE FUNCTION guard_exception() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'exception % is never deleted: resolve it', OLD.exception_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.exception_id, NEW.period, NEW.finding_key, NEW.check_name, NEW.category, NEW.tenant_id, NEW.created_at)
     IS DISTINCT FROM (OLD.exception_id, OLD.period, OLD.finding_key, OLD.check_name, OLD.category, OLD.tenant_id, OLD.created_at) THEN
    RAISE EXCEPTION 'what exception % is about cannot be changed', OLD.exception_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER kept_exception BEFORE UPDATE OR DELETE ON recon_exceptions FOR EACH ROW EXECUTE FUNCTION guard_exception();
