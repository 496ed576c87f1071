-- Tokens spent at once on something of the platform's own (no job, no hold): one posting from the wallet to the platform's revenue,
-- and its undoing. Bonus tokens go first, and come back as they went.
ALTER TABLE postings DROP CONSTRAINT postings_kind_known;
ALTER TABLE postings ADD CONSTRAINT postings_kind_known CHECK (kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold', 'settle', 'refund', 'spend', 'spend_refund'));

-- The same scope and key again changes nothing: 'stored' for the same request, 'reused' for another one (R21). 'short': too few, and
-- nothing was written.
CREATE FUNCTION ledger_spend(
  p_user uuid, p_tokens bigint, p_memo text, p_scope text, p_key text, p_hash text,
  OUT outcome text, OUT posting_id bigint, OUT available bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  w wallets%ROWTYPE;
  v_hash text;
  v_bonus bigint;
BEGIN
  IF p_tokens <= 0 THEN RAISE EXCEPTION 'tokens spent are above zero'; END IF;
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  SELECT p.id, p.request_hash, p.available_after INTO posting_id, v_hash, available FROM postings p WHERE p.scope = p_scope AND p.key = p_key;
  IF FOUND THEN
    outcome := CASE WHEN v_hash = p_hash THEN 'stored' ELSE 'reused' END;
    RETURN;
  END IF;
  available := w.bonus + w.bought;
  IF available < p_tokens THEN outcome := 'short'; RETURN; END IF;
  available := available - p_tokens;
  v_bonus := least(p_tokens, w.bonus);
  INSERT INTO postings (kind, user_id, scope, key, request_hash, memo, available_after)
    VALUES ('spend', p_user, p_scope, p_key, p_hash, p_memo, available) RETURNING id INTO posting_id;
  INSERT INTO transfers (posting_id, debit_id, credit_id, tokens)
    SELECT posting_id, ledger_account(p_user, 'wallet_' || m.fund), ledger_account(NULL, 'revenue_' || m.fund), m.tokens
    FROM (VALUES ('bonus', v_bonus), ('bought', p_tokens - v_bonus)) AS m (fund, tokens) WHERE m.tokens > 0;
  UPDATE wallets SET bonus = bonus - v_bonus, bought = bought - (p_tokens - v_bonus) WHERE user_id = p_user;
  outcome := 'spent';
END $$;

-- Gives back what the posting of that scope and key spent, once. Gives the tokens returned; 0 when they were returned before.
CREATE FUNCTION ledger_spend_refund(p_user uuid, p_memo text, p_scope text, p_key text, OUT posting_id bigint, OUT returned bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  w wallets%ROWTYPE;
  v_spent bigint;
  v_posting bigint;
  v_bonus bigint;
  v_bought bigint;
BEGIN
  SELECT * INTO STRICT w FROM wallets WHERE user_id = p_user FOR UPDATE;
  SELECT p.id INTO STRICT v_spent FROM postings p WHERE p.scope = p_scope AND p.key = p_key AND p.kind = 'spend' AND p.user_id = p_user;
  SELECT coalesce(sum(t.tokens) FILTER (WHERE a.kind = 'wallet_bonus'), 0), coalesce(sum(t.tokens) FILTER (WHERE a.kind = 'wallet_bought'), 0)
    INTO v_bonus, v_bought FROM transfers t JOIN accounts a ON a.id = t.debit_id WHERE t.posting_id = v_spent;
  INSERT INTO postings (kind, user_id, scope, key, request_hash, memo, available_after)
    VALUES ('spend_refund', p_user, 'spend_refund', v_spent::text, '', p_memo, w.bonus + w.bought + v_bonus + v_bought)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id INTO v_posting;
  IF v_posting IS NULL THEN
    returned := 0;
    SELECT p.id INTO posting_id FROM postings p WHERE p.scope = 'spend_refund' AND p.key = v_spent::text;
    RETURN;
  END IF;
  INSERT INTO transfers (posting_id, debit_id, credit_id, tokens)
    SELECT v_posting, t.credit_id, t.debit_id, t.tokens FROM transfers t WHERE t.posting_id = v_spent;
  UPDATE wallets SET bonus = bonus + v_bonus, bought = bought + v_bought WHERE user_id = p_user;
  posting_id := v_posting;
  returned := v_bonus + v_bought;
END $$;

-- The history shows them too, and the month's figure counts them.
DROP INDEX postings_history;
CREATE INDEX postings_history ON postings (user_id, created_at DESC, id DESC) WHERE kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold', 'spend', 'spend_refund');
DROP INDEX postings_usage;
CREATE INDEX postings_usage ON postings (user_id, created_at DESC, id DESC) WHERE kind IN ('hold', 'spend', 'spend_refund');
DROP INDEX postings_settled;
CREATE INDEX postings_settled ON postings (user_id, created_at) WHERE kind IN ('settle', 'spend', 'spend_refund');
