-- AlterTable
ALTER TABLE "checkpoints" ADD COLUMN     "state" JSONB NOT NULL DEFAULT '[]';
