-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT,
    "email_verified_at" TIMESTAMPTZ(3),
    "password_hash" TEXT,
    "name" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "bio" TEXT NOT NULL DEFAULT '',
    "image_key" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "role" TEXT NOT NULL DEFAULT 'user',
    "state" TEXT NOT NULL DEFAULT 'active',
    "pool" TEXT NOT NULL DEFAULT 'user',
    "last_turn" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "left_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identities" (
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "email" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identities_pkey" PRIMARY KEY ("provider","subject")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "public_id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_codes" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "email_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "welcome_identities" (
    "identity_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "welcome_identities_pkey" PRIMARY KEY ("identity_hash")
);

-- CreateTable
CREATE TABLE "artists" (
    "user_id" UUID NOT NULL,
    "artist_name" TEXT NOT NULL,
    "signature_key" TEXT NOT NULL,
    "signature_sha256" TEXT NOT NULL,
    "signature_bytes" INTEGER NOT NULL,
    "signature_width" INTEGER NOT NULL,
    "signature_height" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deactivated_at" TIMESTAMPTZ(3),

    CONSTRAINT "artists_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "style_id" UUID,
    "purpose" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "content_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "result" JSONB,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "generations" (
    "id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "style_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "checkpoint_id" UUID NOT NULL,
    "licence_id" TEXT NOT NULL,
    "terms_version" INTEGER NOT NULL,
    "is_try_out" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "tags" TEXT[],
    "description" TEXT NOT NULL DEFAULT '',
    "ratio" TEXT NOT NULL,
    "seed" BIGINT NOT NULL,
    "closeness" DOUBLE PRECISION NOT NULL,
    "number" INTEGER,
    "original_key" TEXT,
    "original_sha256" TEXT,
    "original_bytes" INTEGER,
    "feed_key" TEXT,
    "thumbnail_key" TEXT,
    "dominant_colour" TEXT NOT NULL DEFAULT '#8a8276',
    "engine" TEXT NOT NULL DEFAULT '',
    "unmatched_tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "provenance" JSONB,
    "visibility" TEXT NOT NULL DEFAULT 'private',
    "published_at" TIMESTAMPTZ(3),
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "generations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "licences" (
    "id" TEXT NOT NULL,
    "generation_id" UUID NOT NULL,
    "style_id" UUID NOT NULL,
    "artist_id" UUID NOT NULL,
    "licensee_id" UUID NOT NULL,
    "terms_version" INTEGER NOT NULL,
    "image_sha256" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "licences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "jobs" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "owner_id" UUID,
    "funding" TEXT NOT NULL,
    "parent_id" UUID,
    "stage" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "dispatch_id" UUID,
    "queue" TEXT NOT NULL,
    "pool" TEXT NOT NULL DEFAULT 'user',
    "turn" BIGINT NOT NULL,
    "not_before" TIMESTAMPTZ(3),
    "wait_until" TIMESTAMPTZ(3) NOT NULL,
    "price_tokens" BIGINT NOT NULL,
    "terms_version" INTEGER,
    "style_id" UUID,
    "request" JSONB NOT NULL,
    "request_hash" TEXT NOT NULL,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_items" (
    "id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "payee_user_id" UUID,
    "price_tokens" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "licence_id" TEXT,
    "result" JSONB,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_attempts" (
    "job_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "dispatch_id" UUID NOT NULL,
    "dispatched_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "runner_id" UUID,
    "runner_name" TEXT,
    "log" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "job_attempts_pkey" PRIMARY KEY ("job_id","attempt")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "owner_id" UUID,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "wallets" (
    "user_id" UUID NOT NULL,
    "bonus" BIGINT NOT NULL DEFAULT 0,
    "bought" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "wallets_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "postings" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "user_id" UUID,
    "job_id" UUID,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "memo" TEXT NOT NULL DEFAULT '',
    "available_after" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "postings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transfers" (
    "id" BIGSERIAL NOT NULL,
    "posting_id" BIGINT NOT NULL,
    "debit_id" UUID NOT NULL,
    "credit_id" UUID NOT NULL,
    "tokens" BIGINT NOT NULL,
    "hold_line_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transfers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "holds" (
    "job_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("job_id")
);

-- CreateTable
CREATE TABLE "hold_lines" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "job_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "item_id" UUID NOT NULL,
    "payee_user_id" UUID,
    "bonus" BIGINT NOT NULL,
    "bought" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'held',
    "reason" TEXT,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "hold_lines_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_rollups" (
    "account_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "tokens" BIGINT NOT NULL,

    CONSTRAINT "account_rollups_pkey" PRIMARY KEY ("account_id","day")
);

-- CreateTable
CREATE TABLE "ledger_checks" (
    "id" BIGSERIAL NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ok" BOOLEAN NOT NULL,
    "faults" JSONB NOT NULL,

    CONSTRAINT "ledger_checks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "styles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "artist_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "title_ko" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "price_tokens" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "base_model" TEXT NOT NULL DEFAULT 'builtin',
    "forbidden_words" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "terms_version" INTEGER NOT NULL DEFAULT 1,
    "affirmed_version" INTEGER,
    "affirmed_at" TIMESTAMPTZ(3),
    "training_job_id" UUID,
    "checkpoint_id" UUID,
    "last_number" INTEGER NOT NULL DEFAULT 0,
    "sold_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(3),

    CONSTRAINT "styles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "style_terms" (
    "style_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "personal" BOOLEAN NOT NULL,
    "commercial" BOOLEAN NOT NULL,
    "merchandise" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "style_terms_pkey" PRIMARY KEY ("style_id","version")
);

-- CreateTable
CREATE TABLE "artworks" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "style_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "thumbnail_key" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "dominant_colour" TEXT NOT NULL,
    "perceptual_hash" TEXT NOT NULL,
    "sharpness" DOUBLE PRECISION NOT NULL,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "shown" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artworks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "style_tags" (
    "style_id" UUID NOT NULL,
    "tag" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "style_tags_pkey" PRIMARY KEY ("style_id","tag")
);

-- CreateTable
CREATE TABLE "tag_rules" (
    "tag" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_rules_pkey" PRIMARY KEY ("tag")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "id" UUID NOT NULL,
    "style_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "loss" DOUBLE PRECISION,
    "weights_key" TEXT NOT NULL,
    "weights_sha256" TEXT NOT NULL,
    "weights_bytes" INTEGER NOT NULL,
    "samples" JSONB NOT NULL,
    "try_outs_used" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "user_id" UUID NOT NULL,
    "id" BIGINT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("user_id","id")
);

-- CreateTable
CREATE TABLE "event_counters" (
    "user_id" UUID NOT NULL,
    "last_id" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "event_counters_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mails" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "to_address" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "object_deletions" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "object_deletions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE INDEX "identities_user_id_idx" ON "identities"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_public_id_key" ON "sessions"("public_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "email_codes_user_id_purpose_idx" ON "email_codes"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "email_codes_code_hash_idx" ON "email_codes"("code_hash");

-- CreateIndex
CREATE INDEX "email_codes_expires_at_idx" ON "email_codes"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "uploads_key_key" ON "uploads"("key");

-- CreateIndex
CREATE INDEX "uploads_user_id_idx" ON "uploads"("user_id");

-- CreateIndex
CREATE INDEX "uploads_style_id_idx" ON "uploads"("style_id");

-- CreateIndex
CREATE INDEX "uploads_expires_at_idx" ON "uploads"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "generations_licence_id_key" ON "generations"("licence_id");

-- CreateIndex
CREATE INDEX "generations_job_id_idx" ON "generations"("job_id");

-- CreateIndex
CREATE INDEX "generations_checkpoint_id_idx" ON "generations"("checkpoint_id");

-- CreateIndex
CREATE INDEX "generations_owner_id_created_at_id_idx" ON "generations"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "licences_generation_id_key" ON "licences"("generation_id");

-- CreateIndex
CREATE INDEX "licences_style_id_idx" ON "licences"("style_id");

-- CreateIndex
CREATE INDEX "licences_artist_id_idx" ON "licences"("artist_id");

-- CreateIndex
CREATE INDEX "licences_licensee_id_idx" ON "licences"("licensee_id");

-- CreateIndex
CREATE INDEX "licences_image_sha256_idx" ON "licences"("image_sha256");

-- CreateIndex
CREATE INDEX "jobs_owner_id_created_at_id_idx" ON "jobs"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "jobs_style_id_created_at_idx" ON "jobs"("style_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "jobs_parent_id_idx" ON "jobs"("parent_id");

-- CreateIndex
CREATE INDEX "jobs_state_idx" ON "jobs"("state");

-- CreateIndex
CREATE UNIQUE INDEX "job_items_licence_id_key" ON "job_items"("licence_id");

-- CreateIndex
CREATE INDEX "job_items_payee_user_id_idx" ON "job_items"("payee_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "job_items_job_id_ordinal_key" ON "job_items"("job_id", "ordinal");

-- CreateIndex
CREATE INDEX "postings_user_id_created_at_id_idx" ON "postings"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "postings_job_id_idx" ON "postings"("job_id");

-- CreateIndex
CREATE UNIQUE INDEX "postings_scope_key_key" ON "postings"("scope", "key");

-- CreateIndex
CREATE INDEX "transfers_posting_id_idx" ON "transfers"("posting_id");

-- CreateIndex
CREATE INDEX "transfers_debit_id_created_at_idx" ON "transfers"("debit_id", "created_at");

-- CreateIndex
CREATE INDEX "transfers_credit_id_created_at_idx" ON "transfers"("credit_id", "created_at");

-- CreateIndex
CREATE INDEX "transfers_hold_line_id_idx" ON "transfers"("hold_line_id");

-- CreateIndex
CREATE INDEX "holds_user_id_created_at_idx" ON "holds"("user_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "hold_lines_item_id_key" ON "hold_lines"("item_id");

-- CreateIndex
CREATE INDEX "hold_lines_payee_user_id_idx" ON "hold_lines"("payee_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "hold_lines_job_id_ordinal_key" ON "hold_lines"("job_id", "ordinal");

-- CreateIndex
CREATE INDEX "styles_artist_id_idx" ON "styles"("artist_id");

-- CreateIndex
CREATE INDEX "styles_training_job_id_idx" ON "styles"("training_job_id");

-- CreateIndex
CREATE INDEX "styles_checkpoint_id_idx" ON "styles"("checkpoint_id");

-- CreateIndex
CREATE UNIQUE INDEX "artworks_style_id_ordinal_key" ON "artworks"("style_id", "ordinal");

-- CreateIndex
CREATE INDEX "style_tags_tag_idx" ON "style_tags"("tag");

-- CreateIndex
CREATE INDEX "checkpoints_style_id_created_at_idx" ON "checkpoints"("style_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "checkpoints_job_id_idx" ON "checkpoints"("job_id");

-- CreateIndex
CREATE INDEX "events_created_at_idx" ON "events"("created_at");

-- CreateIndex
CREATE INDEX "notifications_user_id_created_at_id_idx" ON "notifications"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "notifications_user_id_kind_key_key" ON "notifications"("user_id", "kind", "key");

-- CreateIndex
CREATE INDEX "mails_created_at_idx" ON "mails"("created_at" DESC);

-- CreateIndex
CREATE INDEX "object_deletions_not_before_idx" ON "object_deletions"("not_before");

-- AddForeignKey
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_codes" ADD CONSTRAINT "email_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artists" ADD CONSTRAINT "artists_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "generations" ADD CONSTRAINT "generations_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "generations" ADD CONSTRAINT "generations_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "generations" ADD CONSTRAINT "generations_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licences" ADD CONSTRAINT "licences_generation_id_fkey" FOREIGN KEY ("generation_id") REFERENCES "generations"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_items" ADD CONSTRAINT "job_items_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_attempts" ADD CONSTRAINT "job_attempts_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hold_lines" ADD CONSTRAINT "hold_lines_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "holds"("job_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "styles" ADD CONSTRAINT "styles_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "artists"("user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "style_terms" ADD CONSTRAINT "style_terms_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artworks" ADD CONSTRAINT "artworks_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "style_tags" ADD CONSTRAINT "style_tags_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_style_id_fkey" FOREIGN KEY ("style_id") REFERENCES "styles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
