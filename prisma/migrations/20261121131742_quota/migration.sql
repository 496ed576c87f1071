-- CreateTable
CREATE TABLE "quotas" (
    "user_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "allocated" BIGINT NOT NULL,
    "used" BIGINT NOT NULL DEFAULT 0,
    "remaining" BIGINT NOT NULL,
    "reserved" BIGINT NOT NULL DEFAULT 0,
    "purchased" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quotas_pkey" PRIMARY KEY ("user_id","month")
);

-- CreateTable
CREATE TABLE "quota_calls" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "feature" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "reserved" BIGINT NOT NULL,
    "actual" BIGINT,
    "charged" BIGINT NOT NULL DEFAULT 0,
    "outcome" TEXT,
    "reason" TEXT,
    "ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "quota_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_purchases" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "pack_id" TEXT,
    "text_tokens" BIGINT NOT NULL,
    "method" TEXT NOT NULL,
    "amount" DECIMAL(12,2),
    "currency" TEXT,
    "transaction_id" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "actor_id" UUID,
    "refund_of_id" UUID,
    "request_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "quota_purchases_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "quotas_month_idx" ON "quotas"("month");

-- CreateIndex
CREATE INDEX "quota_calls_user_id_month_created_at_idx" ON "quota_calls"("user_id", "month", "created_at" DESC);

-- CreateIndex
CREATE INDEX "quota_calls_created_at_idx" ON "quota_calls"("created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "quota_purchases_transaction_id_key" ON "quota_purchases"("transaction_id");

-- CreateIndex
CREATE UNIQUE INDEX "quota_purchases_refund_of_id_key" ON "quota_purchases"("refund_of_id");

-- CreateIndex
CREATE INDEX "quota_purchases_user_id_month_idx" ON "quota_purchases"("user_id", "month");

-- CreateIndex
CREATE INDEX "quota_purchases_user_id_created_at_id_idx" ON "quota_purchases"("user_id", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_calls" ADD CONSTRAINT "quota_calls_user_id_month_fkey" FOREIGN KEY ("user_id", "month") REFERENCES "quotas"("user_id", "month") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_purchases" ADD CONSTRAINT "quota_purchases_user_id_month_fkey" FOREIGN KEY ("user_id", "month") REFERENCES "quotas"("user_id", "month") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Rules ----------------------------------------------------------------------------------------------------------------
ALTER TABLE quotas
  ADD CONSTRAINT quotas_not_negative CHECK (allocated >= 0 AND used >= 0 AND remaining >= 0 AND reserved >= 0 AND purchased >= 0),
  ADD CONSTRAINT quotas_remaining CHECK (remaining = allocated - used),
  -- What calls under way have set aside is still there to be used: no two of them can count on the same tokens.
  ADD CONSTRAINT quotas_reserved_within CHECK (reserved <= remaining),
  ADD CONSTRAINT quotas_purchased_within CHECK (purchased <= allocated),
  ADD CONSTRAINT quotas_first_of_month CHECK (extract(day FROM month) = 1);
ALTER TABLE quota_calls
  ADD CONSTRAINT quota_calls_positive CHECK (reserved > 0 AND (actual IS NULL OR actual >= 0) AND charged >= 0 AND (ms IS NULL OR ms >= 0)),
  ADD CONSTRAINT quota_calls_outcome_known CHECK (outcome IN ('ok', 'failed', 'refused')),
  ADD CONSTRAINT quota_calls_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  ADD CONSTRAINT quota_calls_only_ok_is_charged CHECK (outcome = 'ok' OR charged = 0);
ALTER TABLE quota_purchases
  ADD CONSTRAINT quota_purchases_positive CHECK (text_tokens > 0 AND (amount IS NULL OR amount > 0)),
  ADD CONSTRAINT quota_purchases_kind_known CHECK (kind IN ('purchase', 'bonus', 'refund')),
  ADD CONSTRAINT quota_purchases_status_known CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
  ADD CONSTRAINT quota_purchases_currency_known CHECK (currency IN ('KRW', 'USD', 'EUR', 'JPY')),
  ADD CONSTRAINT quota_purchases_processed CHECK ((status = 'pending') = (processed_at IS NULL)),
  ADD CONSTRAINT quota_purchases_paid_is_known CHECK (status NOT IN ('completed', 'refunded') OR transaction_id IS NOT NULL),
  -- Money has a currency; tokens and gifts have none.
  ADD CONSTRAINT quota_purchases_money CHECK (CASE method WHEN 'grant' THEN amount IS NULL AND currency IS NULL WHEN 'tokens' THEN amount IS NOT NULL AND currency IS NULL ELSE amount IS NOT NULL AND currency IS NOT NULL END),
  ADD CONSTRAINT quota_purchases_given_by CHECK ((method = 'grant') = (kind = 'bonus') AND (kind <> 'bonus' OR (actor_id IS NOT NULL AND reason <> ''))),
  ADD CONSTRAINT quota_purchases_refund_of CHECK ((kind = 'refund') = (refund_of_id IS NOT NULL));
ALTER TABLE quota_purchases ADD CONSTRAINT quota_purchases_refund_of_id_fkey FOREIGN KEY (refund_of_id) REFERENCES quota_purchases (id);

-- Reservations that are open: the sweep looks for those past their time.
CREATE INDEX quota_calls_open ON quota_calls (expires_at) WHERE outcome IS NULL;

-- Quota moves by functions, one round trip each, the month's row locked first. ------------------------------------------
-- Glossary. A *reservation* is an open row of quota_calls; it is *settled* by what the model says it used, or *released*.
-- Lock order: wallet, quota, its calls.

-- A month's row, made when it is first needed with the allowance of that day, and locked.
CREATE FUNCTION quota_open(p_user uuid, p_month date, p_allowance bigint) RETURNS quotas LANGUAGE plpgsql AS $$
DECLARE q quotas%ROWTYPE;
BEGIN
  SELECT * INTO q FROM quotas WHERE user_id = p_user AND month = p_month FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO quotas (user_id, month, allocated, remaining) VALUES (p_user, p_month, p_allowance, p_allowance) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT q FROM quotas WHERE user_id = p_user AND month = p_month FOR UPDATE;
  END IF;
  RETURN q;
END $$;

-- Sets aside what a call may use at most. ok = false: too little is free; the call is on record as refused and nothing is set aside.
CREATE FUNCTION quota_reserve(
  p_call uuid, p_user uuid, p_month date, p_allowance bigint, p_feature text, p_model text, p_tokens bigint, p_now timestamptz, p_expires timestamptz,
  OUT ok boolean, OUT allocated bigint, OUT used bigint, OUT reserved bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE q quotas%ROWTYPE;
BEGIN
  q := quota_open(p_user, p_month, p_allowance);
  ok := q.remaining - q.reserved >= p_tokens;
  INSERT INTO quota_calls (id, user_id, month, feature, model, reserved, outcome, reason, created_at, expires_at, ended_at)
    VALUES (p_call, p_user, p_month, p_feature, p_model, p_tokens, CASE WHEN ok THEN NULL ELSE 'refused' END, CASE WHEN ok THEN NULL ELSE 'quota' END,
      p_now, p_expires, CASE WHEN ok THEN NULL ELSE p_now END);
  IF ok THEN
    UPDATE quotas SET reserved = reserved + p_tokens WHERE user_id = p_user AND month = p_month;
    q.reserved := q.reserved + p_tokens;
  END IF;
  allocated := q.allocated; used := q.used; reserved := q.reserved;
END $$;

-- Ends a reservation, once. An 'ok' call is charged what the model says it used, at most what it had set aside and what is free
-- beside it: a model that counts beyond its limit cannot overdraw. Gives what was charged; null when it had ended before.
CREATE FUNCTION quota_settle(p_call uuid, p_outcome text, p_reason text, p_actual bigint, p_ms int, p_now timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  c quota_calls%ROWTYPE;
  q quotas%ROWTYPE;
  v_charged bigint := 0;
BEGIN
  SELECT * INTO c FROM quota_calls WHERE id = p_call;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO STRICT q FROM quotas WHERE user_id = c.user_id AND month = c.month FOR UPDATE;
  IF p_outcome = 'ok' THEN v_charged := least(p_actual, c.reserved + (q.remaining - q.reserved)); END IF;
  UPDATE quota_calls SET outcome = p_outcome, reason = p_reason, actual = p_actual, charged = v_charged, ms = p_ms, ended_at = p_now
    WHERE id = p_call AND outcome IS NULL;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE quotas SET reserved = reserved - c.reserved, used = used + v_charged, remaining = remaining - v_charged WHERE user_id = c.user_id AND month = c.month;
  RETURN v_charged;
END $$;

-- Raises a month's allowance. p_max null: no limit. ok = false: it would go beyond, and nothing changed.
CREATE FUNCTION quota_add(
  p_user uuid, p_month date, p_allowance bigint, p_tokens bigint, p_bought boolean, p_max bigint,
  OUT ok boolean, OUT allocated bigint, OUT used bigint, OUT reserved bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE q quotas%ROWTYPE;
BEGIN
  q := quota_open(p_user, p_month, p_allowance);
  ok := p_max IS NULL OR q.allocated + p_tokens <= p_max;
  IF ok THEN
    UPDATE quotas SET allocated = allocated + p_tokens, remaining = remaining + p_tokens, purchased = purchased + CASE WHEN p_bought THEN p_tokens ELSE 0 END
      WHERE user_id = p_user AND month = p_month;
    q.allocated := q.allocated + p_tokens;
  END IF;
  allocated := q.allocated; used := q.used; reserved := q.reserved;
END $$;

-- Takes a purchase out again. ok = false: some of it is used or set aside.
CREATE FUNCTION quota_take(p_user uuid, p_month date, p_tokens bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE q quotas%ROWTYPE;
BEGIN
  SELECT * INTO STRICT q FROM quotas WHERE user_id = p_user AND month = p_month FOR UPDATE;
  IF q.remaining - q.reserved < p_tokens OR q.purchased < p_tokens THEN RETURN false; END IF;
  UPDATE quotas SET allocated = allocated - p_tokens, remaining = remaining - p_tokens, purchased = purchased - p_tokens WHERE user_id = p_user AND month = p_month;
  RETURN true;
END $$;
