-- AlterTable
ALTER TABLE "users" ADD COLUMN     "mail_job_results" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "generations" ADD COLUMN     "hidden_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "actor_id" UUID;

-- AlterTable
ALTER TABLE "mails" ADD COLUMN     "unsubscribe_url" TEXT;

-- CreateTable
CREATE TABLE "follows" (
    "follower_id" UUID NOT NULL,
    "artist_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "follows_pkey" PRIMARY KEY ("follower_id","artist_id")
);

-- CreateTable
CREATE TABLE "likes" (
    "user_id" UUID NOT NULL,
    "generation_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "likes_pkey" PRIMARY KEY ("user_id","generation_id")
);

-- CreateTable
CREATE TABLE "comments" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "generation_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "parent_id" UUID,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "hidden_at" TIMESTAMPTZ(3),

    CONSTRAINT "comments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profile_counts" (
    "user_id" UUID NOT NULL,
    "published" INTEGER NOT NULL DEFAULT 0,
    "likes_received" INTEGER NOT NULL DEFAULT 0,
    "following" INTEGER NOT NULL DEFAULT 0,
    "followers" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "profile_counts_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "follows_follower_id_created_at_artist_id_idx" ON "follows"("follower_id", "created_at" DESC, "artist_id" DESC);

-- CreateIndex
CREATE INDEX "follows_artist_id_idx" ON "follows"("artist_id");

-- CreateIndex
CREATE INDEX "likes_generation_id_created_at_idx" ON "likes"("generation_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "comments_author_id_idx" ON "comments"("author_id");

-- CreateIndex
CREATE INDEX "notifications_actor_id_idx" ON "notifications"("actor_id");

-- AddForeignKey
ALTER TABLE "follows" ADD CONSTRAINT "follows_follower_id_fkey" FOREIGN KEY ("follower_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "follows" ADD CONSTRAINT "follows_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "artists"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "likes" ADD CONSTRAINT "likes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "likes" ADD CONSTRAINT "likes_generation_id_fkey" FOREIGN KEY ("generation_id") REFERENCES "generations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_generation_id_fkey" FOREIGN KEY ("generation_id") REFERENCES "generations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "comments" ADD CONSTRAINT "comments_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile_counts" ADD CONSTRAINT "profile_counts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say --------------------------------------------------------------------------------------
ALTER TABLE follows ADD CONSTRAINT follows_not_oneself CHECK (follower_id <> artist_id);

ALTER TABLE comments
  ADD CONSTRAINT comments_text_length CHECK (CASE WHEN deleted_at IS NULL THEN char_length(text) BETWEEN 1 AND 1000 ELSE text = '' END),
  -- One level of replies, by a key: a reply refers to a comment of the same image that is at the top.
  ADD COLUMN is_top boolean NOT NULL GENERATED ALWAYS AS (parent_id IS NULL) STORED,
  ADD COLUMN parent_is_top boolean GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN NULL ELSE true END) STORED,
  ADD CONSTRAINT comments_place UNIQUE (id, generation_id, is_top);
ALTER TABLE comments
  ADD CONSTRAINT comments_one_level FOREIGN KEY (parent_id, generation_id, parent_is_top) REFERENCES comments (id, generation_id, is_top) ON DELETE CASCADE;
-- An image's threads in order, and a thread's replies in order.
CREATE INDEX comments_threads ON comments (generation_id, is_top, created_at, id);
CREATE INDEX comments_replies ON comments (parent_id, generation_id, parent_is_top, created_at, id);

ALTER TABLE profile_counts ADD CONSTRAINT profile_counts_not_negative CHECK (published >= 0 AND likes_received >= 0 AND following >= 0 AND followers >= 0);

-- Everyone's lists hold what is published and not hidden.
DROP INDEX generations_feed;
DROP INDEX generations_style_public;
DROP INDEX generations_owner_public;
CREATE INDEX generations_feed ON generations (published_at DESC, id DESC) WHERE visibility = 'public' AND hidden_at IS NULL;
CREATE INDEX generations_style_public ON generations (style_id, published_at DESC, id DESC) WHERE visibility = 'public' AND hidden_at IS NULL;
CREATE INDEX generations_owner_public ON generations (owner_id, published_at DESC, id DESC) WHERE visibility = 'public' AND hidden_at IS NULL;

-- Counts (R32) ---------------------------------------------------------------------------------------------------------
-- Kept by triggers, so that no way of writing (a like, a leaving person, a moderator, a seed) can leave them wrong. They fire once a
-- statement and take their rows in the order of their ids. Lock order: the image, then people's counts by id.
CREATE FUNCTION add_profile_counts(who uuid, published_by bigint, likes_by bigint, following_by bigint, followers_by bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE profile_counts SET published = published + published_by, likes_received = likes_received + likes_by, following = following + following_by, followers = followers + followers_by
    WHERE user_id = who;
  IF NOT FOUND THEN
    INSERT INTO profile_counts AS c (user_id, published, likes_received, following, followers) VALUES (who, published_by, likes_by, following_by, followers_by)
      ON CONFLICT (user_id) DO UPDATE SET published = c.published + EXCLUDED.published, likes_received = c.likes_received + EXCLUDED.likes_received,
        following = c.following + EXCLUDED.following, followers = c.followers + EXCLUDED.followers;
  END IF;
END $$;

CREATE FUNCTION count_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  person record;
BEGIN
  FOR person IN
    SELECT user_id, sum(following) AS following, sum(followers) AS followers
    FROM (SELECT follower_id AS user_id, 1 AS following, 0 AS followers FROM changed UNION ALL SELECT artist_id, 0, 1 FROM changed) both_ends
    GROUP BY user_id ORDER BY user_id
  LOOP
    PERFORM add_profile_counts(person.user_id, 0, 0, sign * person.following, sign * person.followers);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER follows_counted AFTER INSERT ON follows REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_follows();
CREATE TRIGGER follows_uncounted AFTER DELETE ON follows REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_follows();

CREATE FUNCTION count_likes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
  image record;
BEGIN
  FOR image IN SELECT generation_id, count(*) AS n FROM changed GROUP BY generation_id ORDER BY generation_id LOOP
    UPDATE generations SET like_count = like_count + sign * image.n WHERE id = image.generation_id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER likes_counted AFTER INSERT ON likes REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_likes();
CREATE TRIGGER likes_uncounted AFTER DELETE ON likes REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_likes();

-- A comment counts while it can be read: neither deleted nor hidden.
CREATE FUNCTION count_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  image record;
BEGIN
  FOR image IN
    SELECT generation_id, sum(n) AS n FROM (
      SELECT generation_id, 1 AS n FROM comments_after WHERE deleted_at IS NULL AND hidden_at IS NULL
      UNION ALL SELECT generation_id, -1 FROM comments_before WHERE deleted_at IS NULL AND hidden_at IS NULL) counted
    GROUP BY generation_id HAVING sum(n) <> 0 ORDER BY generation_id
  LOOP
    UPDATE generations SET comment_count = comment_count + image.n WHERE id = image.generation_id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION count_new_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  image record;
BEGIN
  FOR image IN SELECT generation_id, count(*) AS n FROM comments_after WHERE deleted_at IS NULL AND hidden_at IS NULL GROUP BY generation_id ORDER BY generation_id LOOP
    UPDATE generations SET comment_count = comment_count + image.n WHERE id = image.generation_id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION count_removed_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  image record;
BEGIN
  FOR image IN SELECT generation_id, count(*) AS n FROM comments_before WHERE deleted_at IS NULL AND hidden_at IS NULL GROUP BY generation_id ORDER BY generation_id LOOP
    UPDATE generations SET comment_count = comment_count - image.n WHERE id = image.generation_id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER comments_counted AFTER INSERT ON comments REFERENCING NEW TABLE AS comments_after FOR EACH STATEMENT EXECUTE FUNCTION count_new_comments();
CREATE TRIGGER comments_recounted AFTER UPDATE ON comments REFERENCING OLD TABLE AS comments_before NEW TABLE AS comments_after FOR EACH STATEMENT EXECUTE FUNCTION count_comments();
CREATE TRIGGER comments_uncounted AFTER DELETE ON comments REFERENCING OLD TABLE AS comments_before FOR EACH STATEMENT EXECUTE FUNCTION count_removed_comments();

-- Hidden or private images take their likes with them.
CREATE FUNCTION count_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner record;
BEGIN
  FOR owner IN
    SELECT owner_id, sum(published) AS published, sum(likes) AS likes FROM (
      SELECT owner_id, 1 AS published, like_count AS likes FROM generations_after WHERE visibility = 'public' AND hidden_at IS NULL
      UNION ALL SELECT owner_id, -1, -like_count FROM generations_before WHERE visibility = 'public' AND hidden_at IS NULL) counted
    GROUP BY owner_id HAVING sum(published) <> 0 OR sum(likes) <> 0 ORDER BY owner_id
  LOOP
    PERFORM add_profile_counts(owner.owner_id, owner.published, owner.likes, 0, 0);
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION count_new_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner record;
BEGIN
  FOR owner IN
    SELECT owner_id, count(*) AS published, sum(like_count) AS likes FROM generations_after WHERE visibility = 'public' AND hidden_at IS NULL GROUP BY owner_id ORDER BY owner_id
  LOOP
    PERFORM add_profile_counts(owner.owner_id, owner.published, owner.likes, 0, 0);
  END LOOP;
  RETURN NULL;
END $$;
CREATE FUNCTION count_removed_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owner record;
BEGIN
  FOR owner IN
    SELECT owner_id, count(*) AS published, sum(like_count) AS likes FROM generations_before WHERE visibility = 'public' AND hidden_at IS NULL GROUP BY owner_id ORDER BY owner_id
  LOOP
    PERFORM add_profile_counts(owner.owner_id, -owner.published, -owner.likes, 0, 0);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER generations_counted AFTER INSERT ON generations REFERENCING NEW TABLE AS generations_after FOR EACH STATEMENT EXECUTE FUNCTION count_new_published();
CREATE TRIGGER generations_recounted AFTER UPDATE ON generations REFERENCING OLD TABLE AS generations_before NEW TABLE AS generations_after FOR EACH STATEMENT EXECUTE FUNCTION count_published();
CREATE TRIGGER generations_uncounted AFTER DELETE ON generations REFERENCING OLD TABLE AS generations_before FOR EACH STATEMENT EXECUTE FUNCTION count_removed_published();

INSERT INTO profile_counts (user_id, published, likes_received)
SELECT owner_id, count(*), sum(like_count) FROM generations WHERE visibility = 'public' GROUP BY owner_id;
