-- Search (docs/search.md, docs/adr: words as the keys that type them). These tables are derived from styles, their tags and
-- artists, and are kept by triggers in the same transaction as what they are derived from; only SQL reads them, so they are not in
-- Prisma's schema.

-- words --------------------------------------------------------------------------------------------------------------
-- The keys that type a word. Latin letters stand for themselves, without accents; a Korean syllable is taken apart into the keys of
-- the standard Korean keyboard (종이 is w-h-d-d-l), so that one wrong jamo is one wrong letter of about six and not one wrong
-- syllable of two, and so that trigrams work in any locale of the database. ㄲ and ㄱ share a key, as a missed shift does.
-- Takes lower-case text in NFKD.
CREATE FUNCTION search_keys(decomposed text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(decomposed,
      U&'\116A', 'hk'), U&'\116B', 'ho'), U&'\116C', 'hl'), U&'\116F', 'nj'), U&'\1170', 'np'), U&'\1171', 'nl'), U&'\1174', 'ml'),
      U&'\11AA', 'rt'), U&'\11AC', 'sw'), U&'\11AD', 'sg'), U&'\11B0', 'fr'), U&'\11B1', 'fa'), U&'\11B2', 'fq'), U&'\11B3', 'ft'), U&'\11B4', 'fx'), U&'\11B5', 'fv'), U&'\11B6', 'fg'), U&'\11B9', 'qt'),
    -- initials ㄱ…ㅎ, vowels ㅏ…ㅣ, finals ㄱ…ㅎ; those of two keys are gone by now
    U&'\1100\1101\1102\1103\1104\1105\1106\1107\1108\1109\110A\110B\110C\110D\110E\110F\1110\1111\1112'
      || U&'\1161\1162\1163\1164\1165\1166\1167\1168\1169\116D\116E\1172\1173\1175'
      || U&'\11A8\11A9\11AB\11AE\11AF\11B7\11B8\11BA\11BB\11BC\11BD\11BE\11BF\11C0\11C1\11C2',
    'rrseefaqqttdwwczxvg' || 'koiojpuphynbml' || 'rrsefaqttdwczxvg')
$$;

-- The words of a text, in order. A word with Korean in it carries a mark, so that the English word "go" is not the beginning of the
-- Korean 해 (g-o); looking for words alike ignores the mark, and so forgives the wrong keyboard.
CREATE FUNCTION search_words_of(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(CASE WHEN word ~ '[\u1100-\u11ff]' THEN '-' || search_keys(word) ELSE word END ORDER BY place), '{}')
  FROM regexp_split_to_table(
    regexp_replace(normalize(lower(given), NFKD), '[\u0300-\u036f\ufe00-\ufe0f]', '', 'g'),
    '(?:[\s\u0001-/:-@\[-`{-\u00bf\u2000-\u2bff\u3000-\u303f]|[\U0001F000-\U0001FAFF])+') WITH ORDINALITY AS split (word, place)
  WHERE word <> ''
$$;

-- Its words and, of several, the whole without the spaces: in Korean people differ on where those belong.
CREATE FUNCTION search_names_of(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(words) > 1 THEN words || (CASE WHEN array_to_string(words, '') ~ '-' THEN '-' ELSE '' END || replace(array_to_string(words, ''), '-', '')) ELSE words END
  FROM search_words_of(given) AS words
$$;

-- A is the name, B what else it is found by. Words hold neither quotes nor backslashes.
CREATE FUNCTION search_vector(names text[], others text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(DISTINCT quote_literal(word) || mark, ' '), '')::tsvector
  FROM (SELECT unnest(names), ':1A' UNION ALL SELECT unnest(others), ':2B') AS w (word, mark)
$$;

-- tables -------------------------------------------------------------------------------------------------------------
-- Public styles only: what is suspended or gone has no row here.
CREATE TABLE style_search (
  style_id uuid PRIMARY KEY REFERENCES styles (id) ON DELETE CASCADE,
  words tsvector NOT NULL,
  tags text[] NOT NULL,
  counts int[] NOT NULL
);
CREATE INDEX style_search_words ON style_search USING gin (words, tags);

-- Artists who can be found; `sold` is how many images others made in their styles: the order "popular".
CREATE TABLE artist_search (
  user_id uuid PRIMARY KEY REFERENCES artists (user_id) ON DELETE CASCADE,
  words tsvector NOT NULL,
  sold int NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL
);
CREATE INDEX artist_search_words ON artist_search USING gin (words);
CREATE INDEX artist_search_popular ON artist_search (sold DESC, created_at DESC, user_id DESC);
CREATE INDEX artist_search_recent ON artist_search (created_at DESC, user_id DESC);

-- Every word that can be found, and in how many styles ('s') or artists ('a'): says how to look for it, and which words are alike.
CREATE TABLE search_words (
  scope "char" NOT NULL,
  word text COLLATE "C" NOT NULL,
  uses int NOT NULL CONSTRAINT search_words_uses_not_negative CHECK (uses >= 0),
  PRIMARY KEY (scope, word)
);
CREATE INDEX search_words_alike ON search_words USING gin (word gin_trgm_ops);

-- Tags of public styles, by the artworks that carry them: the roll-up of style_tags that lists read.
CREATE TABLE tag_counts (
  tag text COLLATE "C" PRIMARY KEY,
  styles int NOT NULL,
  artworks int NOT NULL,
  CONSTRAINT tag_counts_not_negative CHECK (styles >= 0 AND artworks >= 0)
);
CREATE INDEX tag_counts_most ON tag_counts (artworks DESC, tag);
CREATE INDEX tag_counts_alike ON tag_counts USING gin (tag gin_trgm_ops);

-- keeping them ---------------------------------------------------------------------------------------------------------
-- Counts change by the difference between what was counted for a row (the row itself says so) and what is there now.
CREATE FUNCTION count_search_words(asked "char", words text[], changes int[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO search_words (scope, word, uses)
    SELECT asked, word, change FROM unnest(words, changes) AS c (word, change) WHERE change > 0 ORDER BY word
    ON CONFLICT (scope, word) DO UPDATE SET uses = search_words.uses + EXCLUDED.uses;
  UPDATE search_words SET uses = uses + change FROM unnest(words, changes) AS c (word, change)
    WHERE scope = asked AND search_words.word = c.word AND change < 0;
$$;

-- What a style's row must be; none when it is not public. A tag that is switched off is not among its tags.
CREATE FUNCTION style_search_wanted(changed uuid[]) RETURNS TABLE (style_id uuid, words tsvector, tags text[], counts int[]) LANGUAGE sql STABLE AS $$
  SELECT s.id, search_vector(search_names_of(s.title) || search_names_of(coalesce(s.title_ko, '')), t.words), t.tags, t.counts
  FROM styles s CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(k.tag ORDER BY k.tag), '{}') AS tags, coalesce(array_agg(k.count ORDER BY k.tag), '{}') AS counts,
      search_words_of(coalesce(string_agg(k.tag, ' '), '')) AS words
    FROM style_tags k WHERE k.style_id = s.id AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = k.tag AND r.state = 'off')
  ) t
  WHERE s.id = ANY (changed) AND s.state IN ('published', 'paused')
$$;

CREATE FUNCTION refresh_style_search(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  some_words text[]; some_changes int[]; some_tags text[]; more_styles int[]; more_artworks int[];
BEGIN
  PERFORM 1 FROM style_search x WHERE x.style_id = ANY (changed) ORDER BY x.style_id FOR UPDATE;
  SELECT array_agg(word), array_agg(change) INTO some_words, some_changes FROM (
    SELECT word, sum(change)::int AS change FROM (
      SELECT u.lexeme AS word, 1 AS change FROM style_search_wanted(changed) w, unnest(w.words) u
      UNION ALL SELECT u.lexeme, -1 FROM style_search x, unnest(x.words) u WHERE x.style_id = ANY (changed)
    ) c GROUP BY word HAVING sum(change) <> 0) d;
  PERFORM count_search_words('s', some_words, some_changes);

  SELECT array_agg(tag), array_agg(s), array_agg(a) INTO some_tags, more_styles, more_artworks FROM (
    SELECT tag, sum(s)::int AS s, sum(a)::int AS a FROM (
      SELECT u.tag, 1 AS s, u.count AS a FROM style_search_wanted(changed) w, unnest(w.tags, w.counts) AS u (tag, count)
      UNION ALL SELECT u.tag, -1, -u.count FROM style_search x, unnest(x.tags, x.counts) AS u (tag, count) WHERE x.style_id = ANY (changed)
    ) c GROUP BY tag HAVING sum(s) <> 0 OR sum(a) <> 0) d;
  -- The row is made first, so that a change that lowers a count needs no case of its own.
  INSERT INTO tag_counts (tag, styles, artworks) SELECT tag, 0, 0 FROM unnest(some_tags) AS tag ORDER BY tag ON CONFLICT (tag) DO NOTHING;
  PERFORM 1 FROM tag_counts t WHERE t.tag = ANY (some_tags) ORDER BY t.tag FOR UPDATE;
  UPDATE tag_counts t SET styles = t.styles + c.s, artworks = t.artworks + c.a FROM unnest(some_tags, more_styles, more_artworks) AS c (tag, s, a) WHERE t.tag = c.tag;
  DELETE FROM tag_counts t WHERE t.tag = ANY (some_tags) AND t.styles = 0;

  DELETE FROM style_search x WHERE x.style_id = ANY (changed)
    AND NOT EXISTS (SELECT 1 FROM styles s WHERE s.id = x.style_id AND s.state IN ('published', 'paused'));
  INSERT INTO style_search (style_id, words, tags, counts) SELECT w.style_id, w.words, w.tags, w.counts FROM style_search_wanted(changed) w
    ON CONFLICT (style_id) DO UPDATE SET words = EXCLUDED.words, tags = EXCLUDED.tags, counts = EXCLUDED.counts;
END $$;

-- The same for artists; who left or was deactivated has no row.
CREATE FUNCTION artist_search_wanted(changed uuid[]) RETURNS TABLE (user_id uuid, words tsvector, sold int, created_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT a.user_id, search_vector(search_names_of(a.artist_name), search_names_of(u.username)),
    coalesce(sold.images, 0)::int, a.created_at
  FROM artists a JOIN users u ON u.id = a.user_id
  LEFT JOIN (SELECT s.artist_id, sum(s.sold_count) AS images FROM styles s WHERE s.artist_id = ANY (changed) GROUP BY s.artist_id) sold ON sold.artist_id = a.user_id
  WHERE a.user_id = ANY (changed) AND a.deactivated_at IS NULL AND u.state = 'active'
$$;

CREATE FUNCTION refresh_artist_search(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  some_words text[]; some_changes int[];
BEGIN
  PERFORM 1 FROM artist_search x WHERE x.user_id = ANY (changed) ORDER BY x.user_id FOR UPDATE;
  SELECT array_agg(word), array_agg(change) INTO some_words, some_changes FROM (
    SELECT word, sum(change)::int AS change FROM (
      SELECT u.lexeme AS word, 1 AS change FROM artist_search_wanted(changed) w, unnest(w.words) u
      UNION ALL SELECT u.lexeme, -1 FROM artist_search x, unnest(x.words) u WHERE x.user_id = ANY (changed)
    ) c GROUP BY word HAVING sum(change) <> 0) d;
  PERFORM count_search_words('a', some_words, some_changes);

  DELETE FROM artist_search x WHERE x.user_id = ANY (changed)
    AND NOT EXISTS (SELECT 1 FROM artist_search_wanted(changed) w WHERE w.user_id = x.user_id);
  INSERT INTO artist_search (user_id, words, sold, created_at) SELECT w.user_id, w.words, w.sold, w.created_at FROM artist_search_wanted(changed) w
    ON CONFLICT (user_id) DO UPDATE SET words = EXCLUDED.words, sold = EXCLUDED.sold;
END $$;

CREATE FUNCTION style_changes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_style_search(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER styles_search_insert AFTER INSERT ON styles FOR EACH ROW WHEN (NEW.state IN ('published', 'paused')) EXECUTE FUNCTION style_changes_search();
CREATE TRIGGER styles_search_update AFTER UPDATE OF title, title_ko, state ON styles FOR EACH ROW
  WHEN ((NEW.title, NEW.title_ko, NEW.state) IS DISTINCT FROM (OLD.title, OLD.title_ko, OLD.state)) EXECUTE FUNCTION style_changes_search();

CREATE FUNCTION style_tags_change_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  listed uuid[];
BEGIN
  -- Drafts are in no list: nothing to do for them.
  SELECT array_agg(DISTINCT c.style_id) INTO listed FROM changed c JOIN styles s ON s.id = c.style_id WHERE s.state IN ('published', 'paused');
  IF listed IS NOT NULL THEN PERFORM refresh_style_search(listed); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER style_tags_search_insert AFTER INSERT ON style_tags REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION style_tags_change_search();
CREATE TRIGGER style_tags_search_update AFTER UPDATE ON style_tags REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION style_tags_change_search();
CREATE TRIGGER style_tags_search_delete AFTER DELETE ON style_tags REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION style_tags_change_search();

-- A tag that is switched off leaves search and lists, and comes back when it is switched on.
CREATE FUNCTION tag_rule_changes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_style_search(ARRAY(SELECT style_id FROM style_tags WHERE tag = coalesce(NEW.tag, OLD.tag)));
  RETURN NULL;
END $$;
CREATE TRIGGER tag_rules_search AFTER INSERT OR UPDATE OR DELETE ON tag_rules FOR EACH ROW EXECUTE FUNCTION tag_rule_changes_search();

CREATE FUNCTION artist_changes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_artist_search(ARRAY[NEW.user_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER artists_search AFTER INSERT OR UPDATE OF artist_name, deactivated_at ON artists FOR EACH ROW EXECUTE FUNCTION artist_changes_search();
CREATE FUNCTION user_changes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_artist_search(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE TRIGGER users_search AFTER UPDATE OF username, state ON users FOR EACH ROW
  WHEN ((NEW.username, NEW.state) IS DISTINCT FROM (OLD.username, OLD.state)) EXECUTE FUNCTION user_changes_search();

CREATE FUNCTION sale_changes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE artist_search SET sold = sold + NEW.sold_count - OLD.sold_count WHERE user_id = NEW.artist_id;
  RETURN NULL;
END $$;
CREATE TRIGGER styles_search_sale AFTER UPDATE OF sold_count ON styles FOR EACH ROW WHEN (NEW.sold_count <> OLD.sold_count) EXECUTE FUNCTION sale_changes_search();

-- Words alike, most alike first: candidates for a count of wrong letters. Half of two syllables may be wrong, so the bar is low.
CREATE FUNCTION words_alike(asked "char", typed text, most int) RETURNS TABLE (word text, uses int) LANGUAGE sql STABLE
  SET pg_trgm.word_similarity_threshold = 0.3 AS $$
  SELECT w.word, w.uses FROM search_words w WHERE w.scope = asked AND typed <% w.word AND w.uses > 0
  ORDER BY word_similarity(typed, w.word) DESC, w.uses DESC, w.word LIMIT most
$$;

-- Titles were searched by trigrams of whole titles before; nothing reads that index any more.
DROP INDEX styles_title_trgm;

SELECT refresh_style_search(ARRAY(SELECT id FROM styles));
SELECT refresh_artist_search(ARRAY(SELECT user_id FROM artists));
