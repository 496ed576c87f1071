-- Money moves by functions, one round trip each (R20). Each takes the wallet's row lock first, so two tabs that spend the last
-- tokens wait for each other, and in READ COMMITTED each statement after the lock sees what the other left (R18).
--
-- Glossary. A *posting* is one movement with its unique scope and key; its *transfers* debit one account and credit another.
-- An account's balance is credits − debits: issued_* stand below zero by all that was ever given, and everything sums to zero.
-- A *line* is one item's share of a hold; it goes held → settled or held → refunded, once.

-- The account of an owner (null: the platform) and purpose; made when it is first needed.
CREATE FUNCTION ledger_account(p_owner uuid, p_kind text) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v_id uuid;
BEGIN
  -- The second round finds what a concurrent transaction made meanwhile.
  FOR i IN 1..2 LOOP
    IF p_owner IS NULL THEN
      SELECT id INTO v_id FROM accounts WHERE owner_id IS NULL AND kind = p_kind;
    ELSE
      SELECT id INTO v_id FROM accounts WHERE owner_id = p_owner AND kind = p_kind;
    END IF;
    EXIT WHEN v_id IS NOT NULL;
    INSERT INTO accounts (owner_id, kind) VALUES (p_owner, p_kind) ON CONFLICT (owner_id, kind) DO NOTHING RETURNING id INTO v_id;
    EXIT WHEN v_id IS NOT NULL;
  END LOOP;
  IF v_id IS NULL THEN RAISE EXCEPTION 'no account % for owner %', p_kind, p_owner; END IF;
  RETURN v_id;
END $$;

-- Gives tokens out of nothing (issued_*). The same scope and key again changes nothing: `outcome` is 'stored' for the same
-- request, 'reused' for another one (R21).
CREATE FUNCTION ledger_grant(
  p_user uuid, p_tokens bigint, p_fund text, p_kind text, p_memo text, p_scope text, p_key text, p_hash text,
  OUT outcome text, OUT posting_id bigint, OUT available_after bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  w wallets%ROWTYPE;
  v_hash text;
  v_after bigint;
  v_posting bigint;
BEGIN
  IF p_fund NOT IN ('bonus', 'bought') THEN RAISE EXCEPTION 'unknown fund %', p_fund; END IF;
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  v_after := w.bonus + w.bought + p_tokens;
  INSERT INTO postings (kind, user_id, scope, key, request_hash, memo, available_after)
    VALUES (p_kind, p_user, p_scope, p_key, p_hash, p_memo, v_after)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id INTO v_posting;
  IF v_posting IS NULL THEN
    SELECT p.id, p.request_hash, p.available_after INTO STRICT v_posting, v_hash, v_after FROM postings p WHERE p.scope = p_scope AND p.key = p_key;
    outcome := CASE WHEN v_hash = p_hash THEN 'stored' ELSE 'reused' END;
  ELSE
    INSERT INTO transfers (posting_id, debit_id, credit_id, tokens)
      VALUES (v_posting, ledger_account(NULL, 'issued_' || p_fund), ledger_account(p_user, 'wallet_' || p_fund), p_tokens);
    IF p_fund = 'bonus' THEN
      UPDATE wallets SET bonus = bonus + p_tokens WHERE user_id = p_user;
    ELSE
      UPDATE wallets SET bought = bought + p_tokens WHERE user_id = p_user;
    END IF;
    outcome := 'granted';
  END IF;
  posting_id := v_posting;
  available_after := v_after;
END $$;

-- Sets aside a job's price, a line an item, bonus tokens first. ok = false: too few, and nothing was written.
CREATE FUNCTION ledger_hold(
  p_job uuid, p_user uuid, p_ordinals int[], p_items uuid[], p_payees uuid[], p_tokens bigint[],
  OUT ok boolean, OUT required bigint, OUT available bigint
) LANGUAGE plpgsql AS $$
DECLARE
  w wallets%ROWTYPE;
  v_posting bigint;
  v_bonus bigint;
  v_wallet_bonus uuid; v_wallet_bought uuid; v_held_bonus uuid; v_held_bought uuid;
BEGIN
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  SELECT coalesce(sum(t), 0) INTO required FROM unnest(p_tokens) t;
  available := w.bonus + w.bought;
  ok := available >= required;
  IF NOT ok THEN RETURN; END IF;
  v_bonus := least(required, w.bonus);

  INSERT INTO holds (job_id, user_id) VALUES (p_job, p_user);
  -- A running sum splits the lines: those within the bonus tokens are paid from them, one may straddle.
  INSERT INTO hold_lines (job_id, ordinal, item_id, payee_user_id, bonus, bought)
    SELECT p_job, l.ordinal, l.item_id, l.payee, l.from_bonus, l.tokens - l.from_bonus
    FROM (
      SELECT u.ordinal, u.item_id, u.payee, u.tokens,
        least(sum(u.tokens) OVER (ORDER BY u.ordinal), w.bonus) - least(sum(u.tokens) OVER (ORDER BY u.ordinal) - u.tokens, w.bonus) AS from_bonus
      FROM unnest(p_ordinals, p_items, p_payees, p_tokens) AS u (ordinal, item_id, payee, tokens)
    ) l;
  INSERT INTO postings (kind, user_id, job_id, scope, key, request_hash, available_after)
    VALUES ('hold', p_user, p_job, 'hold', p_job::text, '', available - required) RETURNING id INTO v_posting;
  v_wallet_bonus := ledger_account(p_user, 'wallet_bonus'); v_held_bonus := ledger_account(p_user, 'held_bonus');
  v_wallet_bought := ledger_account(p_user, 'wallet_bought'); v_held_bought := ledger_account(p_user, 'held_bought');
  INSERT INTO transfers (posting_id, debit_id, credit_id, tokens, hold_line_id)
    SELECT v_posting, m.debit, m.credit, m.tokens, l.id
    FROM hold_lines l
    CROSS JOIN LATERAL (VALUES (v_wallet_bonus, v_held_bonus, l.bonus), (v_wallet_bought, v_held_bought, l.bought)) AS m (debit, credit, tokens)
    WHERE l.job_id = p_job AND m.tokens > 0;
  UPDATE wallets SET bonus = bonus - v_bonus, bought = bought - (required - v_bonus), held = held + required WHERE user_id = p_user;
  available := available - required;
END $$;

-- Pays an item's line to who earns it. Gives the tokens paid; 0 when the line is resolved already, null when the item has none.
CREATE FUNCTION ledger_settle(p_item uuid, p_reason text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  l hold_lines%ROWTYPE;
  w wallets%ROWTYPE;
  v_user uuid;
  v_posting bigint;
  v_earned text;
BEGIN
  SELECT h.user_id INTO v_user FROM hold_lines hl JOIN holds h ON h.job_id = hl.job_id WHERE hl.item_id = p_item;
  IF v_user IS NULL THEN RETURN NULL; END IF;
  SELECT * INTO STRICT w FROM wallets WHERE user_id = v_user FOR UPDATE;
  UPDATE hold_lines SET state = 'settled', reason = p_reason, resolved_at = now() WHERE item_id = p_item AND state = 'held' RETURNING * INTO l;
  IF l.id IS NULL THEN RETURN 0; END IF;
  -- No payee: the platform's own work.
  v_earned := CASE WHEN l.payee_user_id IS NULL THEN 'revenue_' ELSE 'earned_' END;
  INSERT INTO postings (kind, user_id, job_id, scope, key, request_hash, available_after)
    VALUES ('settle', v_user, l.job_id, 'settle', l.id::text, '', w.bonus + w.bought) RETURNING id INTO v_posting;
  IF l.bonus > 0 THEN
    INSERT INTO transfers (posting_id, debit_id, credit_id, tokens, hold_line_id)
      VALUES (v_posting, ledger_account(v_user, 'held_bonus'), ledger_account(l.payee_user_id, v_earned || 'bonus'), l.bonus, l.id);
  END IF;
  IF l.bought > 0 THEN
    INSERT INTO transfers (posting_id, debit_id, credit_id, tokens, hold_line_id)
      VALUES (v_posting, ledger_account(v_user, 'held_bought'), ledger_account(l.payee_user_id, v_earned || 'bought'), l.bought, l.id);
  END IF;
  UPDATE wallets SET held = held - (l.bonus + l.bought) WHERE user_id = v_user;
  RETURN l.bonus + l.bought;
END $$;

-- Gives back a job's open lines (all, or those of the items named) with the split they were held with. Gives the tokens returned.
CREATE FUNCTION ledger_refund(p_job uuid, p_items uuid[], p_reason text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  w wallets%ROWTYPE;
  v_user uuid;
  v_posting bigint;
  v_lines uuid[];
  v_bonus bigint;
  v_bought bigint;
BEGIN
  SELECT user_id INTO v_user FROM holds WHERE job_id = p_job;
  IF v_user IS NULL THEN RETURN 0; END IF;
  SELECT * INTO STRICT w FROM wallets WHERE user_id = v_user FOR UPDATE;
  WITH resolved AS (
    UPDATE hold_lines SET state = 'refunded', reason = p_reason, resolved_at = now()
    WHERE job_id = p_job AND state = 'held' AND (p_items IS NULL OR item_id = ANY (p_items))
    RETURNING id, ordinal, bonus, bought
  )
  SELECT array_agg(id ORDER BY ordinal), coalesce(sum(bonus), 0), coalesce(sum(bought), 0) INTO v_lines, v_bonus, v_bought FROM resolved;
  IF v_lines IS NULL THEN RETURN 0; END IF;
  -- A line is resolved once, so its first line's id names this refund for ever.
  INSERT INTO postings (kind, user_id, job_id, scope, key, request_hash, available_after)
    VALUES ('refund', v_user, p_job, 'refund', v_lines[1]::text, '', w.bonus + w.bought + v_bonus + v_bought) RETURNING id INTO v_posting;
  INSERT INTO transfers (posting_id, debit_id, credit_id, tokens, hold_line_id)
    SELECT v_posting, m.debit, m.credit, m.tokens, l.id
    FROM hold_lines l
    CROSS JOIN LATERAL (VALUES
      (ledger_account(v_user, 'held_bonus'), ledger_account(v_user, 'wallet_bonus'), l.bonus),
      (ledger_account(v_user, 'held_bought'), ledger_account(v_user, 'wallet_bought'), l.bought)) AS m (debit, credit, tokens)
    WHERE l.id = ANY (v_lines) AND m.tokens > 0;
  UPDATE wallets SET bonus = bonus + v_bonus, bought = bought + v_bought, held = held - v_bonus - v_bought WHERE user_id = v_user;
  RETURN v_bonus + v_bought;
END $$;

-- History shows credits and holds, not each settled line; a person with a million images still pages their purchases at once.
CREATE INDEX postings_history ON postings (user_id, created_at DESC, id DESC) WHERE kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold');
CREATE INDEX postings_credits ON postings (user_id, created_at DESC, id DESC) WHERE kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back');
CREATE INDEX postings_usage ON postings (user_id, created_at DESC, id DESC) WHERE kind = 'hold';
-- What was spent this month.
CREATE INDEX postings_settled ON postings (user_id, created_at) WHERE kind = 'settle';
-- Roll-ups read a day of an append-only table: a few pages of a block range index instead of another btree on every insert.
CREATE INDEX transfers_created_brin ON transfers USING brin (created_at);

-- A roll-up says up to when it counts, so that another TIME_ZONE later neither loses nor doubles a transfer.
ALTER TABLE account_rollups ADD COLUMN closed_until timestamptz(3) NOT NULL;
CREATE INDEX account_rollups_closed_until ON account_rollups (closed_until);

-- Fair turns count from the greatest turn that was started in the pool, and from the person's own jobs that are not ended;
-- no counter on the person is needed (it would keep counting jobs cancelled before their turn).
CREATE INDEX jobs_started_turn ON jobs (pool, turn DESC) WHERE started_at IS NOT NULL;
ALTER TABLE users DROP COLUMN last_turn;
-- What a job's duration depends on (its aspect ratio, its number of artworks): for the expected start.
ALTER TABLE jobs ADD COLUMN size text NOT NULL DEFAULT '';
-- Measured durations come from the newest attempts that went well.
CREATE INDEX job_attempts_measured ON job_attempts (ended_at DESC) WHERE reason = 'ok';
-- Jobs that wait longer than their kind's maximum.
CREATE INDEX jobs_wait_until ON jobs (wait_until) WHERE state IN ('queued', 'retrying', 'scheduled');
