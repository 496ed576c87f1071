-- AlterTable
ALTER TABLE "ledger_checks" ADD COLUMN     "asked_by" UUID,
ADD COLUMN     "entries" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'full',
ADD COLUMN     "took_ms" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "verified_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "earning_rollups" (
    "id" BIGSERIAL NOT NULL,
    "payee_id" UUID NOT NULL,
    "style_id" UUID,
    "day" DATE NOT NULL,
    "images" INTEGER NOT NULL,
    "bonus" BIGINT NOT NULL,
    "bought" BIGINT NOT NULL,
    "own_images" INTEGER NOT NULL,
    "own_bonus" BIGINT NOT NULL,
    "own_bought" BIGINT NOT NULL,
    "closed_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "earning_rollups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_sums" (
    "account_id" UUID NOT NULL,
    "tokens" BIGINT NOT NULL,

    CONSTRAINT "ledger_sums_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "ledger_faults" (
    "id" BIGSERIAL NOT NULL,
    "fault" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "expected" BIGINT NOT NULL,
    "actual" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cleared_at" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "ledger_faults_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "earning_rollups_closed_until_idx" ON "earning_rollups"("closed_until");

-- CreateIndex
CREATE INDEX "earning_rollups_style_id_idx" ON "earning_rollups"("style_id");

-- CreateIndex
CREATE INDEX "ledger_checks_kind_checked_at_idx" ON "ledger_checks"("kind", "checked_at" DESC);

-- CreateIndex
CREATE INDEX "ledger_checks_asked_by_idx" ON "ledger_checks"("asked_by");

ALTER TABLE earning_rollups
  ADD CONSTRAINT earning_rollups_payee_fkey FOREIGN KEY (payee_id) REFERENCES users (id),
  ADD CONSTRAINT earning_rollups_style_fkey FOREIGN KEY (style_id) REFERENCES styles (id),
  ADD CONSTRAINT earning_rollups_not_negative CHECK (images >= 0 AND bonus >= 0 AND bought >= 0 AND own_images >= 0 AND own_bonus >= 0 AND own_bought >= 0);
-- A day of a style is one row; work of no style too. Also serves an artist's days in their order.
CREATE UNIQUE INDEX earning_rollups_day ON earning_rollups (payee_id, day, style_id) NULLS NOT DISTINCT;
ALTER TABLE ledger_sums ADD CONSTRAINT ledger_sums_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE ledger_checks
  ADD CONSTRAINT ledger_checks_kind_known CHECK (kind IN ('quick', 'full')),
  ADD CONSTRAINT ledger_checks_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES users (id);
CREATE UNIQUE INDEX ledger_faults_open ON ledger_faults (fault, subject) WHERE cleared_at IS NULL;
CREATE INDEX ledger_checks_faulty ON ledger_checks (id DESC) WHERE NOT ok;
-- Users by the beginning or a part of what an administrator types (product §13).
CREATE INDEX IF NOT EXISTS users_email_trgm ON users USING gin (email gin_trgm_ops);
CREATE INDEX IF NOT EXISTS users_username_trgm ON users USING gin (username gin_trgm_ops);
CREATE INDEX IF NOT EXISTS users_name_trgm ON users USING gin (name gin_trgm_ops);
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at" DESC, "id" DESC);
-- What was paid by day.
CREATE INDEX payment_orders_paid ON payment_orders (paid_at) WHERE paid_at IS NOT NULL;
