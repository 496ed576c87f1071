-- CreateTable
CREATE TABLE "alerts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "posted_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_faults" (
    "key" TEXT NOT NULL,
    "alert_id" UUID NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "told_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_faults_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "alerts_created_at_idx" ON "alerts"("created_at" DESC);

-- CreateIndex
CREATE INDEX "alert_faults_alert_id_idx" ON "alert_faults"("alert_id");

-- CreateIndex
CREATE INDEX "alert_faults_last_seen_at_idx" ON "alert_faults"("last_seen_at");

-- AddForeignKey
ALTER TABLE "alert_faults" ADD CONSTRAINT "alert_faults_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "alerts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "alert_faults" ADD CONSTRAINT "alert_faults_times" CHECK ("times" >= 1);
