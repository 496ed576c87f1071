-- Names without their spaces ("종이정원", "moonlitink") leave the list of words: each is one name's own, so that a hundred thousand of
-- them stood among fifteen thousand words, and every misspelt beginning of a common first word was compared with thousands of them
-- (16,000 for "moon" of 100,000 titles: 130 ms). They have scopes of their own, are asked with a higher bar, and each scope has an index
-- of its own, so that words of artists are not sorted out of words of styles.

-- The name without its spaces, if it has any: in Korean people differ on where those belong.
CREATE FUNCTION search_whole_of(given text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(words) > 1 THEN ARRAY[(CASE WHEN array_to_string(words, '') ~ '-' THEN '-' ELSE '' END) || replace(array_to_string(words, ''), '-', '')] ELSE '{}' END
  FROM search_words_of(given) AS words
$$;

-- A is the name, B what else it is found by. Positions say what a word is: 1 and 2 words, 3 and 4 whole names.
CREATE FUNCTION search_vector(names text[], whole_names text[], others text[], whole_others text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(DISTINCT quote_literal(word) || mark, ' '), '')::tsvector
  FROM (SELECT unnest(names), ':1A' UNION ALL SELECT unnest(others), ':2B' UNION ALL SELECT unnest(whole_names), ':3A' UNION ALL SELECT unnest(whole_others), ':4B') AS w (word, mark)
$$;

-- Small letters are words ('s' of styles, 'a' of artists), capitals names without their spaces that are no word.
CREATE FUNCTION search_scope_of(asked "char", positions smallint[]) RETURNS "char" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN positions && '{1,2}'::smallint[] THEN asked ELSE upper(asked::text)::"char" END
$$;

CREATE FUNCTION count_search_words(scopes "char"[], words text[], changes int[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO search_words (scope, word, uses)
    SELECT scope, word, change FROM unnest(scopes, words, changes) AS c (scope, word, change) WHERE change > 0 ORDER BY scope, word
    ON CONFLICT (scope, word) DO UPDATE SET uses = search_words.uses + EXCLUDED.uses;
  UPDATE search_words SET uses = uses + change FROM unnest(scopes, words, changes) AS c (scope, word, change)
    WHERE search_words.scope = c.scope AND search_words.word = c.word AND change < 0;
$$;

CREATE OR REPLACE FUNCTION style_search_wanted(changed uuid[]) RETURNS TABLE (style_id uuid, words tsvector, tags text[], counts int[]) LANGUAGE sql STABLE AS $$
  SELECT s.id, search_vector(search_words_of(s.title) || search_words_of(coalesce(s.title_ko, '')), search_whole_of(s.title) || search_whole_of(coalesce(s.title_ko, '')), t.words, '{}'), t.tags, t.counts
  FROM styles s CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(k.tag ORDER BY k.tag), '{}') AS tags, coalesce(array_agg(k.count ORDER BY k.tag), '{}') AS counts,
      search_words_of(coalesce(string_agg(k.tag, ' '), '')) AS words
    FROM style_tags k WHERE k.style_id = s.id AND NOT EXISTS (SELECT 1 FROM tag_rules r WHERE r.tag = k.tag AND r.state = 'off')
  ) t
  WHERE s.id = ANY (changed) AND s.state IN ('published', 'paused')
$$;

CREATE OR REPLACE FUNCTION artist_search_wanted(changed uuid[]) RETURNS TABLE (user_id uuid, words tsvector, sold int, created_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT a.user_id, search_vector(search_words_of(a.artist_name), search_whole_of(a.artist_name), search_words_of(u.username), search_whole_of(u.username)),
    coalesce(sold.images, 0)::int, a.created_at
  FROM artists a JOIN users u ON u.id = a.user_id
  LEFT JOIN (SELECT s.artist_id, sum(s.sold_count) AS images FROM styles s WHERE s.artist_id = ANY (changed) GROUP BY s.artist_id) sold ON sold.artist_id = a.user_id
  WHERE a.user_id = ANY (changed) AND a.deactivated_at IS NULL AND u.state = 'active'
$$;

CREATE OR REPLACE FUNCTION refresh_style_search(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  some_scopes "char"[]; some_words text[]; some_changes int[]; some_tags text[]; more_styles int[]; more_artworks int[];
BEGIN
  PERFORM 1 FROM style_search x WHERE x.style_id = ANY (changed) ORDER BY x.style_id FOR UPDATE;
  SELECT array_agg(scope), array_agg(word), array_agg(change) INTO some_scopes, some_words, some_changes FROM (
    SELECT scope, word, sum(change)::int AS change FROM (
      SELECT search_scope_of('s', u.positions) AS scope, u.lexeme AS word, 1 AS change FROM style_search_wanted(changed) w, unnest(w.words) u
      UNION ALL SELECT search_scope_of('s', u.positions), u.lexeme, -1 FROM style_search x, unnest(x.words) u WHERE x.style_id = ANY (changed)
    ) c GROUP BY scope, word HAVING sum(change) <> 0) d;
  PERFORM count_search_words(some_scopes, some_words, some_changes);

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

CREATE OR REPLACE FUNCTION refresh_artist_search(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  some_scopes "char"[]; some_words text[]; some_changes int[];
BEGIN
  PERFORM 1 FROM artist_search x WHERE x.user_id = ANY (changed) ORDER BY x.user_id FOR UPDATE;
  SELECT array_agg(scope), array_agg(word), array_agg(change) INTO some_scopes, some_words, some_changes FROM (
    SELECT scope, word, sum(change)::int AS change FROM (
      SELECT search_scope_of('a', u.positions) AS scope, u.lexeme AS word, 1 AS change FROM artist_search_wanted(changed) w, unnest(w.words) u
      UNION ALL SELECT search_scope_of('a', u.positions), u.lexeme, -1 FROM artist_search x, unnest(x.words) u WHERE x.user_id = ANY (changed)
    ) c GROUP BY scope, word HAVING sum(change) <> 0) d;
  PERFORM count_search_words(some_scopes, some_words, some_changes);

  DELETE FROM artist_search x WHERE x.user_id = ANY (changed)
    AND NOT EXISTS (SELECT 1 FROM artist_search_wanted(changed) w WHERE w.user_id = x.user_id);
  INSERT INTO artist_search (user_id, words, sold, created_at) SELECT w.user_id, w.words, w.sold, w.created_at FROM artist_search_wanted(changed) w
    ON CONFLICT (user_id) DO UPDATE SET words = EXCLUDED.words, sold = EXCLUDED.sold;
END $$;

DROP INDEX search_words_alike;
CREATE INDEX search_words_alike_styles ON search_words USING gin (word gin_trgm_ops) WHERE scope = 's';
CREATE INDEX search_words_alike_artists ON search_words USING gin (word gin_trgm_ops) WHERE scope = 'a';
CREATE INDEX search_words_alike_whole_styles ON search_words USING gin (word gin_trgm_ops) WHERE scope = 'S';
CREATE INDEX search_words_alike_whole_artists ON search_words USING gin (word gin_trgm_ops) WHERE scope = 'A';

-- The scope is written into the statement: only then is it known to be the one of an index above.
CREATE OR REPLACE FUNCTION words_alike(asked "char", typed text, bar real, most int) RETURNS TABLE (word text, uses int) LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('pg_trgm.word_similarity_threshold', bar::text, true);
  RETURN QUERY EXECUTE format('SELECT w.word::text, w.uses FROM search_words w WHERE w.scope = %L AND $1 <%% w.word AND w.uses > 0
    ORDER BY word_similarity($1, w.word) DESC, w.uses DESC, w.word LIMIT $2', asked) USING typed, most;
END $$;

-- What was counted as a word until now is counted as what it is.
SELECT refresh_style_search(ARRAY(SELECT id FROM styles));
SELECT refresh_artist_search(ARRAY(SELECT user_id FROM artists));
DELETE FROM search_words WHERE uses = 0;

DROP FUNCTION count_search_words("char", text[], int[]);
DROP FUNCTION search_vector(text[], text[]);
DROP FUNCTION search_names_of(text);
