ALTER TABLE payment_txn ADD CONSTRAINT payment_positive CHECK (amount_minor > 0);
--> statement-breakpoint
ALTER TABLE payment_application ADD CONSTRAINT application_positive CHECK (amount_minor > 0);
--> statement-breakpoint
-- What is applied of a payment never exceeds what was received.
CREATE FUNCTION check_applied() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE received bigint; applied numeric;
BEGIN
  SELECT amount_minor INTO received FROM payment_txn WHERE payment_id = NEW.payment_id FOR UPDATE;
  SELECT COALESCE(sum(amount_minor), 0) INTO applied FROM payment_application WHERE payment_id = NEW.payment_id;
  IF applied > received THEN
    RAISE EXCEPTION 'payment %: % applied of % received', NEW.payment_id, applied, received USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER applied_within_received AFTER INSERT OR UPDATE ON payment_application DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_applied();
