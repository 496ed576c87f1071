-- CreateTable
CREATE TABLE "admin_acts" (
    "id" BIGSERIAL NOT NULL,
    "actor_id" UUID,
    "act" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "admin_acts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "admin_acts_created_at_id_idx" ON "admin_acts"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "admin_acts_actor_id_created_at_id_idx" ON "admin_acts"("actor_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "admin_acts_subject_kind_subject_id_created_at_id_idx" ON "admin_acts"("subject_kind", "subject_id", "created_at" DESC, "id" DESC);

ALTER TABLE admin_acts
  ADD CONSTRAINT admin_acts_actor_fkey FOREIGN KEY (actor_id) REFERENCES users (id),
  ADD CONSTRAINT admin_acts_reason_length CHECK (char_length(reason) BETWEEN 1 AND 500);
CREATE TRIGGER admin_acts_append_only BEFORE UPDATE OR DELETE ON admin_acts FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- Emptying the table is a change too.
CREATE TRIGGER admin_acts_no_truncate BEFORE TRUNCATE ON admin_acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
