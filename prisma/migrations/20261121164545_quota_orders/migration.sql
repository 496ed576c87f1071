-- A purchase is of tokens or of AI text tokens for a month, never of both.
ALTER TABLE payment_orders
  ADD COLUMN text_tokens BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN taken_text_tokens BIGINT NOT NULL DEFAULT 0,
  DROP CONSTRAINT payment_orders_positive,
  ADD CONSTRAINT payment_orders_positive CHECK (tokens >= 0 AND text_tokens >= 0 AND (tokens > 0) <> (text_tokens > 0) AND amount > 0),
  ADD CONSTRAINT payment_orders_text_taken CHECK (taken_text_tokens BETWEEN 0 AND text_tokens);
-- Money that goes back takes what is not used; when all is used, the refund takes nothing and still stands in the list.
ALTER TABLE quota_purchases
  DROP CONSTRAINT quota_purchases_positive,
  ADD CONSTRAINT quota_purchases_positive CHECK ((text_tokens > 0 OR (kind = 'refund' AND text_tokens = 0)) AND (amount IS NULL OR amount > 0));

-- Takes as much of a purchase as is neither used nor set aside. Gives how much that was.
CREATE FUNCTION quota_take_back(p_user uuid, p_month date, p_tokens bigint) RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  q quotas%ROWTYPE;
  v_taken bigint;
BEGIN
  SELECT * INTO STRICT q FROM quotas WHERE user_id = p_user AND month = p_month FOR UPDATE;
  v_taken := least(p_tokens, q.remaining - q.reserved, q.purchased);
  UPDATE quotas SET allocated = allocated - v_taken, remaining = remaining - v_taken, purchased = purchased - v_taken WHERE user_id = p_user AND month = p_month;
  RETURN v_taken;
END $$;
