-- Tokens, promotions and policies are the operator's alone.
ALTER TABLE approval_token ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON approval_token USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE rule_promotion ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON rule_promotion USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE approval_policy ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON approval_policy USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON approval_policy FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Closed is closed.
CREATE FUNCTION guard_closed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'closed' THEN
    RAISE EXCEPTION 'period % is closed: correct it in an open one', OLD.period USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER closed_period BEFORE UPDATE OR DELETE ON billing_period FOR EACH ROW EXECUTE FUNCTION guard_closed_period();
--> statement-breakpoint
SELECT enforce_row_security();
