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
