-- CreateTable
CREATE TABLE "moderation_cases" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "report_count" INTEGER NOT NULL DEFAULT 0,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reason" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "excerpt" TEXT NOT NULL DEFAULT '',
    "state_before" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "appeal" TEXT,
    "appealed_at" TIMESTAMPTZ(3),
    "appeal_outcome" TEXT,
    "appeal_note" TEXT NOT NULL DEFAULT '',
    "appeal_decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "moderation_cases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reports" (
    "case_id" UUID NOT NULL,
    "reporter_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "words" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reports_pkey" PRIMARY KEY ("case_id","reporter_id")
);

-- CreateIndex
CREATE INDEX "moderation_cases_state_opened_at_id_idx" ON "moderation_cases"("state", "opened_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "moderation_cases_subject_kind_subject_id_opened_at_idx" ON "moderation_cases"("subject_kind", "subject_id", "opened_at" DESC);

-- CreateIndex
CREATE INDEX "moderation_cases_owner_id_idx" ON "moderation_cases"("owner_id");

-- CreateIndex
CREATE INDEX "moderation_cases_decided_by_id_idx" ON "moderation_cases"("decided_by_id");

-- CreateIndex
CREATE INDEX "reports_reporter_id_idx" ON "reports"("reporter_id");

-- AddForeignKey
ALTER TABLE "reports" ADD CONSTRAINT "reports_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "moderation_cases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say --------------------------------------------------------------------------------------
ALTER TABLE moderation_cases
  ADD CONSTRAINT moderation_cases_subject_known CHECK (subject_kind IN ('generation', 'comment', 'style')),
  ADD CONSTRAINT moderation_cases_state_known CHECK (state IN ('open', 'dismissed', 'hidden', 'restored')),
  ADD CONSTRAINT moderation_cases_decided CHECK ((state = 'open') = (decided_at IS NULL)),
  ADD CONSTRAINT moderation_cases_reason_given CHECK (state NOT IN ('hidden', 'restored') OR reason IS NOT NULL),
  ADD CONSTRAINT moderation_cases_reason_known CHECK (reason IN ('copied', 'person', 'minors', 'sexual', 'violence', 'hate', 'harassment', 'spam', 'other')),
  ADD CONSTRAINT moderation_cases_texts CHECK (char_length(note) <= 1000 AND char_length(appeal_note) <= 1000 AND char_length(appeal) BETWEEN 1 AND 1000),
  -- Only what was decided can be appealed, once; and only an appeal has an outcome.
  ADD CONSTRAINT moderation_cases_appeal CHECK ((appeal IS NULL) = (appealed_at IS NULL) AND (appeal IS NULL OR state IN ('hidden', 'restored'))),
  ADD CONSTRAINT moderation_cases_appeal_outcome CHECK ((appeal_outcome IS NULL) = (appeal_decided_at IS NULL) AND (appeal_outcome IS NULL OR (appeal IS NOT NULL AND appeal_outcome IN ('granted', 'refused')))),
  ADD CONSTRAINT moderation_cases_owner_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
  ADD CONSTRAINT moderation_cases_decided_by_fkey FOREIGN KEY (decided_by_id) REFERENCES users (id);
-- One open case per subject: reports of the same thing meet in it.
CREATE UNIQUE INDEX moderation_cases_open ON moderation_cases (subject_kind, subject_id) WHERE state = 'open';
-- What is out of sight is so by one decision.
CREATE UNIQUE INDEX moderation_cases_in_force ON moderation_cases (subject_kind, subject_id) WHERE state = 'hidden';
CREATE INDEX moderation_cases_appealed ON moderation_cases (appealed_at DESC, id DESC) WHERE appeal IS NOT NULL AND appeal_outcome IS NULL;
ALTER TABLE reports
  ADD CONSTRAINT reports_reason_known CHECK (reason IN ('copied', 'person', 'minors', 'sexual', 'violence', 'hate', 'harassment', 'spam', 'other')),
  ADD CONSTRAINT reports_words_length CHECK (char_length(words) <= 1000),
  ADD CONSTRAINT reports_reporter_fkey FOREIGN KEY (reporter_id) REFERENCES users (id) ON DELETE CASCADE;

-- Words alike are looked for with a bar that fits the number of keys: a low one for all of them read half the vocabulary for a word of
-- nine keys.
DROP FUNCTION words_alike("char", text, int);
CREATE FUNCTION words_alike(asked "char", typed text, bar real, most int) RETURNS TABLE (word text, uses int) LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('pg_trgm.word_similarity_threshold', bar::text, true);
  RETURN QUERY SELECT w.word::text, w.uses FROM search_words w WHERE w.scope = asked AND typed <% w.word AND w.uses > 0
    ORDER BY word_similarity(typed, w.word) DESC, w.uses DESC, w.word LIMIT most;
END $$;
