-- What Prisma's schema cannot say: checks, partial and trigram indexes, append-only tables, the runner's own tables.
-- A test compares these with a committed list.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- accounts -----------------------------------------------------------------------------------------------------------
ALTER TABLE users
  ADD CONSTRAINT users_username_form CHECK (username ~ '^[a-z0-9_]{3,40}$'),
  ADD CONSTRAINT users_bio_length CHECK (char_length(bio) <= 500),
  ADD CONSTRAINT users_role_known CHECK (role IN ('user', 'admin')),
  ADD CONSTRAINT users_state_known CHECK (state IN ('active', 'deactivated', 'left')),
  ADD CONSTRAINT users_pool_known CHECK (pool IN ('user', 'demo')),
  ADD CONSTRAINT users_email_lower CHECK (email = lower(email));
ALTER TABLE email_codes ADD CONSTRAINT email_codes_purpose_known CHECK (purpose IN ('verify', 'reset'));
ALTER TABLE uploads
  ADD CONSTRAINT uploads_bytes_positive CHECK (bytes > 0),
  ADD CONSTRAINT uploads_purpose_known CHECK (purpose IN ('artwork', 'signature', 'profile_image'));

-- ledger (R16–R19) ---------------------------------------------------------------------------------------------------
-- A null owner is the platform; NULLS NOT DISTINCT keeps its accounts single too.
CREATE UNIQUE INDEX accounts_owner_kind ON accounts (owner_id, kind) NULLS NOT DISTINCT;
ALTER TABLE accounts
  ADD CONSTRAINT accounts_kind_known CHECK (
    (owner_id IS NOT NULL AND kind IN ('wallet_bonus', 'wallet_bought', 'held_bonus', 'held_bought', 'earned_bonus', 'earned_bought', 'debt'))
    OR (owner_id IS NULL AND kind IN ('issued_bonus', 'issued_bought', 'revenue_bonus', 'revenue_bought'))),
  ADD CONSTRAINT accounts_owner_fkey FOREIGN KEY (owner_id) REFERENCES users (id);
INSERT INTO accounts (owner_id, kind) VALUES (NULL, 'issued_bonus'), (NULL, 'issued_bought'), (NULL, 'revenue_bonus'), (NULL, 'revenue_bought');

ALTER TABLE wallets
  ADD CONSTRAINT wallets_bonus_not_negative CHECK (bonus >= 0),
  ADD CONSTRAINT wallets_bought_not_negative CHECK (bought >= 0),
  ADD CONSTRAINT wallets_held_not_negative CHECK (held >= 0);

ALTER TABLE postings
  ADD CONSTRAINT postings_kind_known CHECK (kind IN ('welcome_bonus', 'purchase', 'grant', 'take_back', 'hold', 'settle', 'refund')),
  ADD CONSTRAINT postings_user_fkey FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE transfers
  ADD CONSTRAINT transfers_tokens_positive CHECK (tokens > 0),
  ADD CONSTRAINT transfers_two_accounts CHECK (debit_id <> credit_id),
  ADD CONSTRAINT transfers_posting_fkey FOREIGN KEY (posting_id) REFERENCES postings (id),
  ADD CONSTRAINT transfers_debit_fkey FOREIGN KEY (debit_id) REFERENCES accounts (id),
  ADD CONSTRAINT transfers_credit_fkey FOREIGN KEY (credit_id) REFERENCES accounts (id),
  ADD CONSTRAINT transfers_hold_line_fkey FOREIGN KEY (hold_line_id) REFERENCES hold_lines (id);
ALTER TABLE hold_lines
  ADD CONSTRAINT hold_lines_split CHECK (bonus >= 0 AND bought >= 0 AND bonus + bought > 0),
  ADD CONSTRAINT hold_lines_state_known CHECK (state IN ('held', 'settled', 'refunded')),
  ADD CONSTRAINT hold_lines_resolved CHECK ((state = 'held') = (resolved_at IS NULL)),
  ADD CONSTRAINT hold_lines_item_fkey FOREIGN KEY (item_id) REFERENCES job_items (id);
ALTER TABLE holds
  ADD CONSTRAINT holds_job_fkey FOREIGN KEY (job_id) REFERENCES jobs (id),
  ADD CONSTRAINT holds_user_fkey FOREIGN KEY (user_id) REFERENCES users (id);
CREATE INDEX hold_lines_open ON hold_lines (job_id) WHERE state = 'held';

-- Rows of the ledger are never changed or deleted; a hold line is resolved once.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE ON transfers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION hold_line_resolves_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'held' OR NEW.bonus <> OLD.bonus OR NEW.bought <> OLD.bought OR NEW.item_id <> OLD.item_id THEN
    RAISE EXCEPTION 'a hold line is resolved once and keeps its amounts' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_lines_resolve_once BEFORE UPDATE OR DELETE ON hold_lines FOR EACH ROW EXECUTE FUNCTION hold_line_resolves_once();

-- jobs ---------------------------------------------------------------------------------------------------------------
ALTER TABLE jobs
  ADD CONSTRAINT jobs_state_known CHECK (state IN ('scheduled', 'queued', 'processing', 'retrying', 'completed', 'partly_completed', 'failed', 'cancelled')),
  ADD CONSTRAINT jobs_funding_known CHECK (funding IN ('hold', 'payment', 'free')),
  ADD CONSTRAINT jobs_pool_known CHECK (pool IN ('user', 'demo')),
  ADD CONSTRAINT jobs_price_not_negative CHECK (price_tokens >= 0),
  ADD CONSTRAINT jobs_ended CHECK ((state IN ('completed', 'partly_completed', 'failed', 'cancelled')) = (ended_at IS NOT NULL));
ALTER TABLE job_items
  ADD CONSTRAINT job_items_state_known CHECK (state IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  ADD CONSTRAINT job_items_licence_form CHECK (licence_id ~ '^[0-9A-HJKMNP-TV-Z]{10}$');
-- Fair turns and positions look at waiting jobs of a pool only; the sweep at all that are not ended.
CREATE INDEX jobs_waiting ON jobs (pool, turn, created_at, id) WHERE state IN ('queued', 'retrying', 'scheduled');
CREATE INDEX jobs_active ON jobs (created_at) WHERE ended_at IS NULL;
CREATE INDEX jobs_active_owner ON jobs (owner_id) WHERE ended_at IS NULL;

-- styles -------------------------------------------------------------------------------------------------------------
ALTER TABLE styles
  ADD CONSTRAINT styles_state_known CHECK (state IN ('draft', 'published', 'paused', 'suspended', 'deactivated')),
  ADD CONSTRAINT styles_price_range CHECK (price_tokens BETWEEN 1 AND 10000),
  ADD CONSTRAINT styles_title_length CHECK (char_length(title) BETWEEN 3 AND 60),
  ADD CONSTRAINT styles_description_length CHECK (char_length(description) <= 2000),
  ADD CONSTRAINT styles_counts CHECK (last_number >= 0 AND sold_count >= 0),
  ADD CONSTRAINT styles_published_has_weights CHECK (state = 'draft' OR checkpoint_id IS NOT NULL),
  ADD CONSTRAINT styles_checkpoint_fkey FOREIGN KEY (checkpoint_id) REFERENCES checkpoints (id),
  ADD CONSTRAINT styles_training_fkey FOREIGN KEY (training_job_id) REFERENCES jobs (id);
CREATE UNIQUE INDEX styles_title_unique ON styles (lower(title));
CREATE INDEX styles_recent ON styles (published_at DESC, id DESC) WHERE state IN ('published', 'paused');
CREATE INDEX styles_popular ON styles (sold_count DESC, published_at DESC, id DESC) WHERE state IN ('published', 'paused');
CREATE INDEX styles_title_trgm ON styles USING gin (title gin_trgm_ops);
ALTER TABLE artworks
  ADD CONSTRAINT artworks_size CHECK (width >= 512 AND height >= 512),
  ADD CONSTRAINT artworks_bytes_positive CHECK (bytes > 0),
  ADD CONSTRAINT artworks_tags_few CHECK (cardinality(tags) <= 21);
ALTER TABLE style_tags ADD CONSTRAINT style_tags_count_positive CHECK (count > 0);
ALTER TABLE tag_rules ADD CONSTRAINT tag_rules_state_known CHECK (state IN ('flagged', 'off'));
ALTER TABLE checkpoints ADD CONSTRAINT checkpoints_try_outs CHECK (try_outs_used BETWEEN 0 AND 10);

-- generations --------------------------------------------------------------------------------------------------------
ALTER TABLE generations
  ADD CONSTRAINT generations_state_known CHECK (state IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  ADD CONSTRAINT generations_visibility_known CHECK (visibility IN ('private', 'public')),
  ADD CONSTRAINT generations_public_completed CHECK (visibility = 'private' OR (state = 'completed' AND NOT is_try_out AND published_at IS NOT NULL)),
  ADD CONSTRAINT generations_completed_has_image CHECK (state <> 'completed' OR (original_key IS NOT NULL AND feed_key IS NOT NULL AND thumbnail_key IS NOT NULL)),
  ADD CONSTRAINT generations_seed_32_bits CHECK (seed BETWEEN 0 AND 4294967295),
  ADD CONSTRAINT generations_counts CHECK (like_count >= 0 AND comment_count >= 0),
  ADD CONSTRAINT generations_item_fkey FOREIGN KEY (id) REFERENCES job_items (id),
  ADD CONSTRAINT generations_checkpoint_fkey FOREIGN KEY (checkpoint_id) REFERENCES checkpoints (id);
CREATE UNIQUE INDEX generations_style_number ON generations (style_id, number) WHERE number IS NOT NULL;
CREATE INDEX generations_feed ON generations (published_at DESC, id DESC) WHERE visibility = 'public';
CREATE INDEX generations_style_public ON generations (style_id, published_at DESC, id DESC) WHERE visibility = 'public';
CREATE INDEX generations_owner_public ON generations (owner_id, published_at DESC, id DESC) WHERE visibility = 'public';
CREATE INDEX generations_owner_style ON generations (owner_id, style_id, created_at DESC, id DESC);

-- notifications ------------------------------------------------------------------------------------------------------
ALTER TABLE notifications ADD CONSTRAINT notifications_kind_known CHECK (kind IN (
  'follow', 'like', 'comment', 'reply', 'generation_complete', 'generation_failed', 'style_training_complete', 'style_training_failed',
  'payment', 'studio_complete', 'studio_failed', 'moderation'));
CREATE INDEX notifications_unread ON notifications (user_id) WHERE read_at IS NULL;

-- rate limits: two-bucket sliding window, UNLOGGED since losing it in a crash only forgives (R29) -----------------------
CREATE UNLOGGED TABLE rate_limits (
  key text PRIMARY KEY,
  window_start timestamptz NOT NULL,
  current int NOT NULL,
  previous int NOT NULL
);

-- the runner's own tables, beside pg-boss's in its schema (R10, R12) ---------------------------------------------------
CREATE SCHEMA IF NOT EXISTS runner;
CREATE UNLOGGED TABLE runner.progress (
  job_id uuid PRIMARY KEY,
  attempt int NOT NULL,
  sequence int NOT NULL,
  phase text NOT NULL,
  step int NOT NULL,
  "of" int NOT NULL,
  item int NOT NULL,
  items int NOT NULL,
  fraction double precision NOT NULL CHECK (fraction BETWEEN 0 AND 1),
  seconds_left double precision,
  loss double precision,
  loss_curve jsonb NOT NULL DEFAULT '[]',
  -- a small WebP, signed, at most 20 kB; null keeps the one before
  preview bytea CHECK (octet_length(preview) <= 20000),
  preview_sequence int,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE runner.presence (
  runner_id uuid PRIMARY KEY,
  name text NOT NULL,
  queues text[] NOT NULL,
  slots int NOT NULL,
  busy int NOT NULL,
  version text NOT NULL,
  engines jsonb NOT NULL,
  gpus jsonb NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL
);
