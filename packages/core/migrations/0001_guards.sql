-- The role that use cases run as: no owner, so that row-level security binds it.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'commops_app') THEN CREATE ROLE commops_app NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$ BEGIN EXECUTE format('GRANT commops_app TO %I', current_user);
EXCEPTION WHEN OTHERS THEN IF NOT pg_has_role(current_user, 'commops_app', 'member') THEN RAISE; END IF;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO commops_app;
--> statement-breakpoint
-- Called by every migration that adds tables: rights for the application role, and row-level security,
-- forced, on every table that carries a tenant_id. '*' is an operator; a tenant sees its own rows and nothing else.
CREATE FUNCTION enforce_row_security() RETURNS void LANGUAGE plpgsql AS $$
DECLARE target record;
BEGIN
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO commops_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO commops_app;
  FOR target IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target.relname);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target.relname);
    EXECUTE format('DROP POLICY IF EXISTS tenant_rows ON %I', target.relname);
    EXECUTE format(
      'CREATE POLICY tenant_rows ON %I USING (current_setting(''app.tenant'', true) = ''*'' OR tenant_id = current_setting(''app.tenant'', true))
       WITH CHECK (current_setting(''app.tenant'', true) = ''*'' OR tenant_id = current_setting(''app.tenant'', true))', target.relname);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: rows are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON lineage_run FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A rule version is immutable: only its status and its last day move, so that an invoice can name the version it was made with.
CREATE FUNCTION guard_allocation_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     (NEW.rule_id, NEW.version, NEW.title, NEW.rule_order, NEW.category, NEW.selector, NEW.keys, NEW.curve, NEW.floor, NEW.cap, NEW.target, NEW.fallback, NEW.effective_from)
     IS DISTINCT FROM
     (OLD.rule_id, OLD.version, OLD.title, OLD.rule_order, OLD.category, OLD.selector, OLD.keys, OLD.curve, OLD.floor, OLD.cap, OLD.target, OLD.fallback, OLD.effective_from) THEN
    RAISE EXCEPTION 'allocation rule % version % is immutable: publish a new version', OLD.rule_id, OLD.version USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER immutable_rule BEFORE UPDATE OR DELETE ON allocation_rules FOR EACH ROW EXECUTE FUNCTION guard_allocation_rule();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_policy FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_input FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_pool FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON fact_cost_allocated FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON allocation_finding FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Conservation, part one: what a run says adds up.
ALTER TABLE allocation_run ADD CONSTRAINT allocation_conserved
  CHECK (total_cost = direct_cost + allocated_cost + overhead_cost + untagged_cost);
--> statement-breakpoint
ALTER TABLE fact_cost_allocated ADD CONSTRAINT allocation_borne
  CHECK ((tenant_id IS NOT NULL) = (kind IN ('direct', 'allocated')));
--> statement-breakpoint
-- Only the status of a stored run moves, between active and superseded.
CREATE FUNCTION guard_allocation_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed allocation_run%ROWTYPE;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'allocation run % is evidence and is never deleted', OLD.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  changed := NEW;
  changed.status := OLD.status;
  IF changed IS DISTINCT FROM OLD OR (NEW.status = 'recording' AND OLD.status <> 'recording') THEN
    RAISE EXCEPTION 'allocation run % is stored and cannot be changed: allocate the period again', OLD.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_run BEFORE UPDATE OR DELETE ON allocation_run FOR EACH ROW EXECUTE FUNCTION guard_allocation_run();
--> statement-breakpoint
-- Rows join a run only while it is recorded, so that a stored run keeps the sums it was checked with.
CREATE FUNCTION guard_allocation_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM allocation_run WHERE run_id = NEW.run_id AND status = 'recording') THEN
    RAISE EXCEPTION 'allocation run % is stored: no row can be added', NEW.run_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER while_recording BEFORE INSERT ON fact_cost_allocated FOR EACH ROW EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
CREATE TRIGGER while_recording BEFORE INSERT ON allocation_pool FOR EACH ROW EXECUTE FUNCTION guard_allocation_part();
--> statement-breakpoint
-- Conservation, part two: at commit the rows of each pool add up to the pool, and the rows of each kind to the run's total.
CREATE FUNCTION check_allocation_conserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run allocation_run%ROWTYPE; sums record; lost record;
BEGIN
  SELECT * INTO run FROM allocation_run WHERE run_id = NEW.run_id;
  IF run.status = 'recording' THEN
    RAISE EXCEPTION 'allocation run % was not finished', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  SELECT p.pool_no, p.service, p.cost, COALESCE(sum(f.cost), 0) AS placed INTO lost
    FROM allocation_pool p LEFT JOIN fact_cost_allocated f ON f.run_id = p.run_id AND f.pool_no = p.pool_no
    WHERE p.run_id = run.run_id GROUP BY p.pool_no, p.service, p.cost HAVING COALESCE(sum(f.cost), 0) <> p.cost LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation run %: pool % of % is %, its rows add up to %', run.run_id, lost.pool_no, lost.service, lost.cost, lost.placed USING ERRCODE = 'check_violation';
  END IF;
  SELECT COALESCE(sum(cost) FILTER (WHERE kind = 'direct'), 0) AS direct, COALESCE(sum(cost) FILTER (WHERE kind = 'allocated'), 0) AS allocated,
         COALESCE(sum(cost) FILTER (WHERE kind = 'overhead'), 0) AS overhead, COALESCE(sum(cost) FILTER (WHERE kind = 'untagged'), 0) AS untagged
    INTO sums FROM fact_cost_allocated WHERE run_id = run.run_id;
  IF (sums.direct, sums.allocated, sums.overhead, sums.untagged) IS DISTINCT FROM
     (run.direct_cost, run.allocated_cost, run.overhead_cost, run.untagged_cost) THEN
    RAISE EXCEPTION 'allocation run %: its rows do not add up to its totals', run.run_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER conserved AFTER INSERT ON allocation_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_allocation_conserved();
--> statement-breakpoint
-- Pools, inputs and findings show every tenant's cost and usage: they are the operator's alone.
ALTER TABLE allocation_pool ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_pool USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE allocation_input ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_input USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
ALTER TABLE allocation_finding ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY operator_rows ON allocation_finding USING (current_setting('app.tenant', true) = '*');
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON plan_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- From issue on, what the customer was sent cannot be changed: only payment state, mail and PDF facts move.
CREATE FUNCTION guard_issued_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.document_number IS NULL THEN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'an invoice is never deleted: discard the draft' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR
     (NEW.invoice_id, NEW.tenant_id, NEW.entity_id, NEW.kind, NEW.period_start, NEW.period_end, NEW.currency, NEW.gross_minor, NEW.discount_minor,
      NEW.subtotal_minor, NEW.tax_minor, NEW.total_minor, NEW.document, NEW.digest, NEW.document_number, NEW.fiscal_year, NEW.issue_date, NEW.due_date, NEW.issued_at)
     IS DISTINCT FROM
     (OLD.invoice_id, OLD.tenant_id, OLD.entity_id, OLD.kind, OLD.period_start, OLD.period_end, OLD.currency, OLD.gross_minor, OLD.discount_minor,
      OLD.subtotal_minor, OLD.tax_minor, OLD.total_minor, OLD.document, OLD.digest, OLD.document_number, OLD.fiscal_year, OLD.issue_date, OLD.due_date, OLD.issued_at)
     OR NEW.status IN ('draft', 'pending_approval', 'approved', 'discarded') THEN
    RAISE EXCEPTION 'invoice % is issued and cannot be changed: correct it with a credit note', OLD.invoice_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_invoice BEFORE UPDATE OR DELETE ON invoice_header FOR EACH ROW EXECUTE FUNCTION guard_issued_invoice();
--> statement-breakpoint
CREATE FUNCTION guard_issued_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent text;
BEGIN
  parent := CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
  IF EXISTS (SELECT 1 FROM invoice_header WHERE invoice_id = parent AND document_number IS NOT NULL) THEN
    RAISE EXCEPTION 'invoice % is issued and its rows cannot be changed: correct it with a credit note', parent USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_rows BEFORE INSERT OR UPDATE OR DELETE ON invoice_detail FOR EACH ROW EXECUTE FUNCTION guard_issued_rows();
--> statement-breakpoint
CREATE TRIGGER frozen_rows BEFORE INSERT OR UPDATE OR DELETE ON invoice_tax FOR EACH ROW EXECUTE FUNCTION guard_issued_rows();
--> statement-breakpoint
ALTER TABLE invoice_header ADD CONSTRAINT invoice_adds_up CHECK (total_minor = subtotal_minor + tax_minor);
--> statement-breakpoint
-- At commit, an invoice's gross is the sum of its lines and its tax the sum of its tax rows.
CREATE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE header invoice_header%ROWTYPE; lines numeric; discounts numeric; taxes numeric;
BEGIN
  SELECT * INTO header FROM invoice_header WHERE invoice_id = NEW.invoice_id;
  SELECT COALESCE(sum(amount_minor), 0), COALESCE(sum(discount_minor), 0) INTO lines, discounts FROM invoice_detail WHERE invoice_id = NEW.invoice_id;
  SELECT COALESCE(sum(tax_minor), 0) INTO taxes FROM invoice_tax WHERE invoice_id = NEW.invoice_id;
  IF lines <> header.gross_minor OR discounts <> header.discount_minor OR taxes <> header.tax_minor THEN
    RAISE EXCEPTION 'invoice % does not add up to its lines and taxes', NEW.invoice_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER adds_up AFTER INSERT OR UPDATE ON invoice_header DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_invoice_sums();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE difference numeric;
BEGIN
  SELECT COALESCE(sum(amount_usd_minor), 0) INTO difference FROM journal_line WHERE journal_id = NEW.journal_id;
  IF difference <> 0 THEN
    RAISE EXCEPTION 'journal entry % does not balance: % US cents apart', NEW.journal_id, difference USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON journal_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_balanced();
--> statement-breakpoint
ALTER TABLE payment_txn ADD CONSTRAINT payment_positive CHECK (amount_minor > 0);
--> statement-breakpoint
ALTER TABLE payment_application ADD CONSTRAINT application_positive CHECK (amount_minor > 0);
--> statement-breakpoint
ALTER TABLE credit_balance ADD CONSTRAINT credit_remaining CHECK (remaining_minor >= 0 AND remaining_minor <= amount_minor);
--> statement-breakpoint
-- What was paid, by whom and under which reference never changes; only the outcome does, and only forwards.
CREATE FUNCTION guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'payment % is never deleted: its reference stays used', OLD.payment_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.payment_id, NEW.tenant_id, NEW.invoice_id, NEW.method, NEW.provider, NEW.provider_ref, NEW.currency, NEW.amount_minor, NEW.amount_usd, NEW.received_on, NEW.recorded_by, NEW.created_at)
     IS DISTINCT FROM
     (OLD.payment_id, OLD.tenant_id, OLD.invoice_id, OLD.method, OLD.provider, OLD.provider_ref, OLD.currency, OLD.amount_minor, OLD.amount_usd, OLD.received_on, OLD.recorded_by, OLD.created_at) THEN
    RAISE EXCEPTION 'payment % cannot be changed: record another one', OLD.payment_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (('pending', 'confirmed'), ('pending', 'failed'), ('failed', 'confirmed'), ('confirmed', 'refunded')) THEN
    RAISE EXCEPTION 'payment % is % and cannot become %', OLD.payment_id, OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER frozen_payment BEFORE UPDATE OR DELETE ON payment_txn FOR EACH ROW EXECUTE FUNCTION guard_payment();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payment_application FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- What is applied of a payment never exceeds what was received, and nothing is applied of money that is not certain.
CREATE FUNCTION check_applied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE payment payment_txn%ROWTYPE; applied numeric; kept numeric;
BEGIN
  SELECT * INTO payment FROM payment_txn WHERE payment_id = NEW.payment_id FOR UPDATE;
  SELECT COALESCE(sum(amount_minor), 0) INTO applied FROM payment_application WHERE payment_id = NEW.payment_id;
  SELECT COALESCE(sum(amount_minor), 0) INTO kept FROM credit_balance WHERE kind = 'overpayment' AND source_id = NEW.payment_id;
  IF payment.status NOT IN ('confirmed', 'refunded') THEN
    RAISE EXCEPTION 'payment % is %: nothing of it can be applied', NEW.payment_id, payment.status USING ERRCODE = 'check_violation';
  END IF;
  IF applied + kept <> payment.amount_minor THEN
    RAISE EXCEPTION 'payment %: % applied and % kept as credit of % received', NEW.payment_id, applied, kept, payment.amount_minor USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER applied_within_received AFTER INSERT ON payment_application DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_applied();
--> statement-breakpoint
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
--> statement-breakpoint
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
--> statement-breakpoint
SELECT enforce_row_security();
