-- DropIndex
DROP INDEX "quotas_month_idx";

-- CreateIndex
CREATE INDEX "quotas_used" ON "quotas"("month", "used" DESC, "user_id" DESC);
