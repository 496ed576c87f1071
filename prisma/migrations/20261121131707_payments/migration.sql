-- CreateTable
CREATE TABLE "payment_orders" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "package_id" TEXT NOT NULL,
    "tokens" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "paid_attempt_id" UUID,
    "refunded_amount" BIGINT NOT NULL DEFAULT 0,
    "taken_tokens" BIGINT NOT NULL DEFAULT 0,
    "owed_tokens" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "paid_at" TIMESTAMPTZ(3),
    "refunded_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_orders_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_attempts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "order_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'started',
    "payment_key" TEXT,
    "method" TEXT,
    "code" TEXT,
    "message" TEXT,
    "provider_data" JSONB,
    "refunded_amount" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "check_at" TIMESTAMPTZ(3),
    "checks" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "payment_attempts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_refunds" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "order_id" UUID NOT NULL,
    "attempt_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "code" TEXT,
    "requested_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "try_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "payment_refunds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_payments" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "merchant_id" UUID NOT NULL,
    "order_name" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "return_url" TEXT NOT NULL,
    "outcome" TEXT,
    "paid_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "cancelled_amount" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sandbox_payments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sandbox_refunds" (
    "key" TEXT NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sandbox_refunds_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "sandbox_webhooks" (
    "id" BIGSERIAL NOT NULL,
    "message_id" TEXT NOT NULL,
    "payment_id" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sandbox_webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "payment_orders_paid_attempt_id_key" ON "payment_orders"("paid_attempt_id");

-- CreateIndex
CREATE INDEX "payment_orders_user_id_created_at_id_idx" ON "payment_orders"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payment_orders_created_at_id_idx" ON "payment_orders"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payment_attempts_order_id_started_at_idx" ON "payment_attempts"("order_id", "started_at");

-- CreateIndex
CREATE INDEX "payment_refunds_order_id_idx" ON "payment_refunds"("order_id");

-- CreateIndex
CREATE INDEX "payment_refunds_attempt_id_idx" ON "payment_refunds"("attempt_id");

-- CreateIndex
CREATE UNIQUE INDEX "sandbox_payments_merchant_id_key" ON "sandbox_payments"("merchant_id");

-- CreateIndex
CREATE INDEX "sandbox_refunds_payment_id_idx" ON "sandbox_refunds"("payment_id");

-- CreateIndex
CREATE INDEX "sandbox_webhooks_payment_id_idx" ON "sandbox_webhooks"("payment_id");

-- AddForeignKey
ALTER TABLE "payment_orders" ADD CONSTRAINT "payment_orders_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempts" ADD CONSTRAINT "payment_attempts_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment_orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_refunds" ADD CONSTRAINT "payment_refunds_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "payment_orders"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_refunds" ADD CONSTRAINT "payment_refunds_attempt_id_fkey" FOREIGN KEY ("attempt_id") REFERENCES "payment_attempts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sandbox_refunds" ADD CONSTRAINT "sandbox_refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "sandbox_payments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sandbox_webhooks" ADD CONSTRAINT "sandbox_webhooks_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "sandbox_payments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say -----------------------------------------------------------------------------------
ALTER TABLE payment_orders
  ADD CONSTRAINT payment_orders_state_known CHECK (state IN ('pending', 'paid', 'failed', 'cancelled', 'refunded')),
  ADD CONSTRAINT payment_orders_positive CHECK (tokens > 0 AND amount > 0),
  ADD CONSTRAINT payment_orders_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT payment_orders_paid CHECK ((state IN ('paid', 'refunded')) = (paid_at IS NOT NULL)),
  ADD CONSTRAINT payment_orders_paid_by CHECK ((paid_at IS NULL) = (paid_attempt_id IS NULL)),
  ADD CONSTRAINT payment_orders_refunded CHECK (refunded_amount BETWEEN 0 AND amount AND (state = 'refunded') = (refunded_amount = amount)),
  -- Never more taken back than was bought.
  ADD CONSTRAINT payment_orders_taken CHECK (taken_tokens >= 0 AND owed_tokens >= 0 AND taken_tokens + owed_tokens <= tokens),
  ADD CONSTRAINT payment_orders_paid_attempt_fkey FOREIGN KEY (paid_attempt_id) REFERENCES payment_attempts (id);
ALTER TABLE payment_attempts
  ADD CONSTRAINT payment_attempts_provider_known CHECK (provider IN ('sandbox', 'toss', 'portone')),
  ADD CONSTRAINT payment_attempts_state_known CHECK (state IN ('started', 'pending', 'paid', 'failed', 'cancelled', 'refunded')),
  ADD CONSTRAINT payment_attempts_refunded_not_negative CHECK (refunded_amount >= 0);
ALTER TABLE payment_refunds
  ADD CONSTRAINT payment_refunds_state_known CHECK (state IN ('requested', 'done', 'failed')),
  ADD CONSTRAINT payment_refunds_positive CHECK (amount > 0);
ALTER TABLE sandbox_payments
  ADD CONSTRAINT sandbox_payments_positive CHECK (amount > 0),
  ADD CONSTRAINT sandbox_payments_cancelled CHECK (cancelled_amount BETWEEN 0 AND amount);
-- What is due, and nothing else.
CREATE INDEX payment_attempts_due ON payment_attempts (check_at) WHERE check_at IS NOT NULL;
CREATE INDEX payment_refunds_due ON payment_refunds (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX sandbox_webhooks_due ON sandbox_webhooks (due_at) WHERE due_at IS NOT NULL;
-- One refund of an attempt at a time.
CREATE UNIQUE INDEX payment_refunds_open ON payment_refunds (attempt_id) WHERE state = 'requested';
-- A provider names a payment once: the same key cannot pay two orders.
CREATE UNIQUE INDEX payment_attempts_key ON payment_attempts (provider, payment_key) WHERE payment_key IS NOT NULL;

-- Buying and taking back (R18, R20) -----------------------------------------------------------------------------------
-- A debt is an account of its own, below zero by what is owed: tokens that were refunded in money but spent before.

CREATE FUNCTION ledger_owed(p_user uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.debit_id = a.id), 0)::bigint - coalesce((SELECT sum(t.tokens) FROM transfers t WHERE t.credit_id = a.id), 0)::bigint
  FROM accounts a WHERE a.owner_id = p_user AND a.kind = 'debt'
  UNION ALL SELECT 0 ORDER BY 1 DESC LIMIT 1
$$;

-- Bought tokens out of issued_bought: what is owed is paid first, the rest goes into the wallet. The same scope and key again
-- changes nothing ('stored', or 'reused' for another request).
CREATE FUNCTION ledger_purchase(
  p_user uuid, p_tokens bigint, p_memo text, p_scope text, p_key text, p_hash text,
  OUT outcome text, OUT posting_id bigint, OUT available_after bigint, OUT repaid bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  w wallets%ROWTYPE;
  v_hash text;
  v_after bigint;
  v_posting bigint;
  v_repaid bigint;
BEGIN
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  v_repaid := least(p_tokens, ledger_owed(p_user));
  v_after := w.bonus + w.bought + p_tokens - v_repaid;
  INSERT INTO postings (kind, user_id, scope, key, request_hash, memo, available_after)
    VALUES ('purchase', p_user, p_scope, p_key, p_hash, p_memo, v_after)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id INTO v_posting;
  IF v_posting IS NULL THEN
    SELECT p.id, p.request_hash, p.available_after INTO STRICT v_posting, v_hash, v_after FROM postings p WHERE p.scope = p_scope AND p.key = p_key;
    SELECT coalesce(sum(t.tokens), 0) INTO v_repaid FROM transfers t JOIN accounts a ON a.id = t.credit_id WHERE t.posting_id = v_posting AND a.kind = 'debt';
    outcome := CASE WHEN v_hash = p_hash THEN 'stored' ELSE 'reused' END;
  ELSE
    INSERT INTO transfers (posting_id, debit_id, credit_id, tokens)
      SELECT v_posting, ledger_account(NULL, 'issued_bought'), ledger_account(p_user, m.kind), m.tokens
      FROM (VALUES ('debt', v_repaid), ('wallet_bought', p_tokens - v_repaid)) AS m (kind, tokens) WHERE m.tokens > 0;
    UPDATE wallets SET bought = bought + p_tokens - v_repaid WHERE user_id = p_user;
    outcome := 'granted';
  END IF;
  posting_id := v_posting; available_after := v_after; repaid := v_repaid;
END $$;

-- Takes tokens back to where they came from: of the wallet what is there and not held, the rest becomes a debt (p_owe) or is let go.
CREATE FUNCTION ledger_take_back(
  p_user uuid, p_tokens bigint, p_fund text, p_owe boolean, p_memo text, p_scope text, p_key text, p_hash text,
  OUT outcome text, OUT posting_id bigint, OUT available_after bigint, OUT taken bigint, OUT owed bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  w wallets%ROWTYPE;
  v_hash text;
  v_after bigint;
  v_posting bigint;
  v_taken bigint;
  v_owed bigint;
BEGIN
  IF p_fund NOT IN ('bonus', 'bought') THEN RAISE EXCEPTION 'unknown fund %', p_fund; END IF;
  IF p_owe AND p_fund = 'bonus' THEN RAISE EXCEPTION 'a gift is never owed'; END IF;
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  v_taken := least(p_tokens, CASE p_fund WHEN 'bonus' THEN w.bonus ELSE w.bought END);
  v_owed := CASE WHEN p_owe THEN p_tokens - v_taken ELSE 0 END;
  v_after := w.bonus + w.bought - v_taken;
  INSERT INTO postings (kind, user_id, scope, key, request_hash, memo, available_after)
    VALUES ('take_back', p_user, p_scope, p_key, p_hash, p_memo, v_after)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id INTO v_posting;
  IF v_posting IS NULL THEN
    SELECT p.id, p.request_hash, p.available_after INTO STRICT v_posting, v_hash, v_after FROM postings p WHERE p.scope = p_scope AND p.key = p_key;
    SELECT coalesce(sum(t.tokens) FILTER (WHERE a.kind <> 'debt'), 0), coalesce(sum(t.tokens) FILTER (WHERE a.kind = 'debt'), 0) INTO v_taken, v_owed
      FROM transfers t JOIN accounts a ON a.id = t.debit_id WHERE t.posting_id = v_posting;
    outcome := CASE WHEN v_hash = p_hash THEN 'stored' ELSE 'reused' END;
  ELSE
    INSERT INTO transfers (posting_id, debit_id, credit_id, tokens)
      SELECT v_posting, ledger_account(p_user, m.kind), ledger_account(NULL, 'issued_' || p_fund), m.tokens
      FROM (VALUES ('wallet_' || p_fund, v_taken), ('debt', v_owed)) AS m (kind, tokens) WHERE m.tokens > 0;
    IF p_fund = 'bonus' THEN
      UPDATE wallets SET bonus = bonus - v_taken WHERE user_id = p_user;
    ELSE
      UPDATE wallets SET bought = bought - v_taken WHERE user_id = p_user;
    END IF;
    outcome := 'taken';
  END IF;
  posting_id := v_posting; available_after := v_after; taken := v_taken; owed := v_owed;
END $$;
