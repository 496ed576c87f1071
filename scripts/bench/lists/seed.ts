/**
 * A gallery of any size, made by SQL alone: whole tables by generate_series, as the superuser with triggers and foreign keys at rest and
 * indexes built at the end. Shares stay the same at every size: the person who looks (`viewer`) has one image in a hundred, likes one
 * in twenty, has one notification in fifty and the style in which one image in fifty is made, so that a list that reads more than its page shows it. The ledger balances: everybody bought what they spent and
 * some more, each image was held and then settled to the style's artist, and the ledger's check finds nothing wrong.
 */
import pg from 'pg';

export interface GallerySize { styles: number; generations: number }
export interface Gallery { viewerId: string; viewerName: string; styleId: string }

/** Deterministic: the n-th id of a kind. */
const id = (kind: number, n: string): string => `(lpad(to_hex(${kind}), 8, '0') || '-0000-4000-8000-' || lpad(to_hex((${n})::bigint), 12, '0'))::uuid`;
const USER = 1, STYLE = 2, JOB = 3, ITEM = 4, CHECKPOINT = 5, TRAINING = 6, LINE = 7, WALLET = 8, HELD = 9, EARNED = 10;
const IMAGES_PER_JOB = 4;
const FOLLOWED = 200;
/** Every twentieth image is one the viewer likes; none to two others like it. */
const likedBy = (g: string): string => `abs(hashint8extended(${g}, 52)) % 3`;
const viewerLikes = (g: string): string => `${g} % 20 = 0`;
/** What everybody has left of what they bought. */
const TOKENS_LEFT = 100;

/** Which style a job is made in: every fiftieth is in the first one, which is the popular one. A style's number is its artist's. */
const madeIn = (styles: number) => (job: string): string => `CASE WHEN ${job} % 50 = 0 THEN 1 ELSE 1 + (${job} * 31) % ${styles} END`;

/** Words of titles and tags: few are common and many rare, as people's are. */
const ENGLISH = ['moon', 'river', 'paper', 'garden', 'quiet', 'night', 'harbour', 'winter', 'copper', 'mountain', 'weather', 'lantern', 'meadow', 'silver', 'orchard', 'thread', 'window', 'shadow', 'velvet', 'marble',
  'forest', 'island', 'temple', 'street', 'morning', 'evening', 'feather', 'glass', 'stone', 'cloud', 'desert', 'valley', 'bridge', 'castle', 'market', 'kitchen', 'portrait', 'animal', 'flower', 'summer'];
const KOREAN = ['종이', '정원', '달빛', '강물', '바다', '하늘', '구름', '나무', '숲길', '골목', '겨울', '여름', '아침', '저녁', '창문', '그림자', '비단', '먹빛', '산길', '들꽃', '고양이', '한옥', '시장', '부엌', '등불', '안개', '파도', '섬마을', '기와', '매화'];
const SYLLABLES = ['ba', 'co', 'da', 'el', 'fi', 'gra', 'ho', 'in', 'jo', 'ka', 'lu', 'mi', 'no', 'or', 'pe', 'qui', 'ra', 'so', 'ta', 'ur', 'vi', 'wo', 'ya', 'ze'];
const FAMILY = ['김', '이', '박', '최', '정', '강', '조', '윤', '장', '임', '한', '오', '서', '신', '권', '황'];
const GIVEN = ['민', '서', '지', '현', '하', '은', '수', '영', '준', '소', '나', '우', '연', '혜', '진', '별'];
const array = (words: readonly string[]): string => `ARRAY[${words.map((word) => `'${word}'`).join(',')}]::text[]`;
const pick = (words: string, n: string, salt: number): string => `(${words})[1 + (abs(hashint8extended((${n})::bigint, ${salt})) % cardinality(${words}))::int]`;
/** Skewed: the square of an even share makes the first words the common ones. */
const pickSkewed = (words: string, n: string, salt: number): string =>
  `(${words})[1 + floor(power((abs(hashint8extended((${n})::bigint, ${salt})) % 100000) / 100000.0, 2) * cardinality(${words}))::int]`;
const rare = (n: string, salt: number): string => `${pick('syllables', n, salt)} || ${pick('syllables', n, salt + 1)} || ${pick('syllables', n, salt + 2)}`;

const TABLES = ['users', 'artists', 'styles', 'style_terms', 'style_tags', 'checkpoints', 'jobs', 'job_items', 'generations', 'notifications', 'accounts', 'postings', 'transfers', 'holds', 'hold_lines', 'profile_counts', 'follows', 'likes', 'style_search', 'artist_search', 'search_words', 'tag_counts'];

export async function seedGallery(superuserUrl: string, { styles, generations }: GallerySize, say: (line: string) => void): Promise<Gallery> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query('SET session_replication_role = replica; SET maintenance_work_mem = \'512MB\'; SET synchronous_commit = off; SET jit = off');
    const indexes = await dropIndexes(client, TABLES);
    const step = async (name: string, sql: string): Promise<void> => {
      const startedAt = performance.now();
      await client.query(sql);
      say(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    };
    for (const [name, sql] of statements(styles, generations)) await step(name, sql);
    await step('indexes', indexes.join(';\n'));
    await step('search words', `
      INSERT INTO search_words SELECT search_scope_of('s', u.positions), u.lexeme, count(*) FROM style_search x, unnest(x.words) u GROUP BY 1, 2;
      INSERT INTO search_words SELECT search_scope_of('a', u.positions), u.lexeme, count(*) FROM artist_search x, unnest(x.words) u GROUP BY 1, 2;
      INSERT INTO tag_counts SELECT u.tag, count(*), sum(u.count) FROM style_search x, unnest(x.tags, x.counts) AS u (tag, count) GROUP BY u.tag`);
    // The rows brought their own numbers: the next ones follow them.
    await step('sequences', ['postings.id', 'transfers.id', 'holds.number'].map((column) => column.split('.')).map(([table, name]) => `SELECT setval(pg_get_serial_sequence('${table}', '${name}'), (SELECT max(${name}) FROM ${table}))`).join(';\n'));
    await step('statistics', 'VACUUM ANALYZE');
    // Written last: a gallery without it was stopped half-way.
    await client.query('CREATE TABLE gallery_finished ()');
  } finally {
    await client.end();
  }
  return await readGallery(superuserUrl);
}

/** Who looks, and at which style, in a gallery that stands. */
export async function readGallery(superuserUrl: string): Promise<Gallery> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ viewer: string; name: string; style: string }>(
      `SELECT u.id AS viewer, u.username AS name, ${id(STYLE, '1')} AS style FROM users u WHERE u.id = ${id(USER, '1')}`);
    return { viewerId: rows[0]!.viewer, viewerName: rows[0]!.name, styleId: rows[0]!.style };
  } finally {
    await client.end();
  }
}

function statements(styles: number, generations: number): [string, string][] {
  const words = `(SELECT ${array(ENGLISH)} AS english, ${array(KOREAN)} AS korean, ${array(SYLLABLES)} AS syllables, ${array(FAMILY)} AS family, ${array(GIVEN)} AS given) w`;
  const jobs = Math.ceil(generations / IMAGES_PER_JOB);
  // Every hundredth job is the viewer's; the others are spread over everybody.
  const owner = (job: string): string => `CASE WHEN ${job} % 100 = 0 THEN 1 ELSE 1 + (${job}::bigint * 7919) % ${styles} END`;
  const style = madeIn(styles);
  return [
    ['users', `INSERT INTO users (id, name, username, email, created_at)
      SELECT ${id(USER, 'n')}, ${pick('family', 'n', 1)} || ${pick('given', 'n', 2)} || ${pick('given', 'n', 3)}, ${rare('n', 4)} || '_' || n, 'p' || n || '@bench.test', now() - make_interval(mins => n)
      FROM generate_series(1, ${styles}) n, ${words}`],
    ['artists', `INSERT INTO artists (user_id, artist_name, signature_key, signature_sha256, signature_bytes, signature_width, signature_height, created_at)
      SELECT ${id(USER, 'n')}, CASE WHEN n % 2 = 0 THEN ${pick('family', 'n', 1)} || ${pick('given', 'n', 2)} || ${pick('given', 'n', 3)} ELSE initcap(${rare('n', 7)}) || ' ' || initcap(${rare('n', 11)}) END,
        'k', repeat('0', 64), 1, 1, 1, now() - make_interval(mins => n) FROM generate_series(1, ${styles}) n, ${words}`],
    ['styles', `INSERT INTO styles (id, artist_id, title, title_ko, price_tokens, state, checkpoint_id, training_job_id, sold_count, last_number, created_at, published_at)
      SELECT ${id(STYLE, 'n')}, ${id(USER, 'n')}, initcap(${pickSkewed('english', 'n', 21)}) || ' ' || initcap(${rare('n', 22)}) || ' ' || n,
        CASE WHEN n % 2 = 0 THEN ${pickSkewed('korean', 'n', 26)} || ' ' || ${pick('korean', 'n', 27)} END, 1 + n % 50, 'published', ${id(CHECKPOINT, 'n')}, ${id(TRAINING, 'n')},
        (abs(hashint8extended(n, 31)) % 2000)::int, 100, now() - make_interval(mins => n), now() - make_interval(mins => n)
      FROM generate_series(1, ${styles}) n, ${words}`],
    ['style_terms', `INSERT INTO style_terms (style_id, version, personal, commercial, merchandise) SELECT ${id(STYLE, 'n')}, 1, true, false, false FROM generate_series(1, ${styles}) n`],
    ['style_tags', `INSERT INTO style_tags (style_id, tag, count) SELECT DISTINCT ON (n, tag) ${id(STYLE, 'n')}, tag, 1 + (n + k) % 40 FROM generate_series(1, ${styles}) n, generate_series(1, 12) k, ${words},
      LATERAL (SELECT CASE WHEN k <= 6 THEN ${pickSkewed('english', 'n * 16 + k', 41)} WHEN k <= 11 THEN ${pick('english', 'n * 16 + k', 42)} || ' ' || ${pick('syllables', 'n * 16 + k', 43)} ELSE ${rare('n', 44)} END AS tag) t`],
    ['trainings', `INSERT INTO jobs (id, kind, owner_id, funding, state, queue, turn, wait_until, price_tokens, style_id, request, request_hash, ended_at, size, created_at)
      SELECT ${id(TRAINING, 'n')}, 'training', ${id(USER, 'n')}, 'free', 'completed', 'q', 0, now(), 0, ${id(STYLE, 'n')}, '{}', '', now(), '', now() FROM generate_series(1, ${styles}) n`],
    ['checkpoints', `INSERT INTO checkpoints (id, style_id, job_id, epoch, weights_key, weights_sha256, weights_bytes, samples)
      SELECT ${id(CHECKPOINT, 'n')}, ${id(STYLE, 'n')}, ${id(TRAINING, 'n')}, 1, 'k', repeat('0', 64), 1, '[]' FROM generate_series(1, ${styles}) n`],
    ['jobs', `INSERT INTO jobs (id, kind, owner_id, funding, state, queue, turn, wait_until, price_tokens, style_id, request, request_hash, ended_at, size, created_at)
      SELECT ${id(JOB, 'j')}, 'generation', ${id(USER, owner('j'))}, 'hold', 'completed', 'q', 0, now(), 4, ${id(STYLE, style('j'))}, '{}', '', at, '1:1', at
      FROM generate_series(1, ${jobs}) j, LATERAL (SELECT now() - make_interval(secs => j * 20) AS at) t`],
    ['job_items', `INSERT INTO job_items (id, job_id, ordinal, price_tokens, state) SELECT ${id(ITEM, `(j - 1) * ${IMAGES_PER_JOB} + k`)}, ${id(JOB, 'j')}, k - 1, 1, 'completed'
      FROM generate_series(1, ${jobs}) j, generate_series(1, ${IMAGES_PER_JOB}) k`],
    ['generations', `INSERT INTO generations (id, job_id, style_id, owner_id, checkpoint_id, licence_id, terms_version, state, tags, ratio, seed, closeness, number, original_key, feed_key, thumbnail_key, visibility, published_at, like_count, created_at, completed_at)
      SELECT ${id(ITEM, 'g')}, ${id(JOB, 'j')}, ${id(STYLE, 's')}, ${id(USER, owner('j'))}, ${id(CHECKPOINT, 's')}, upper(lpad(to_hex(g), 10, '0')), 1, 'completed', ARRAY[${pick('english', 'g', 51)}], CASE g % 3 WHEN 0 THEN '1:2' ELSE '1:1' END, g, 0.7, g, 'o', 'f', 't',
        CASE WHEN g % 2 = 0 THEN 'public' ELSE 'private' END, CASE WHEN g % 2 = 0 THEN at END, CASE WHEN g % 2 = 0 THEN ${likedBy('g')} + (${viewerLikes('g')})::int ELSE 0 END, at, at
      FROM generate_series(1, ${generations}) g, ${words}, LATERAL (SELECT 1 + (g - 1) / ${IMAGES_PER_JOB} AS j) a, LATERAL (SELECT ${style('j')} AS s, now() - make_interval(secs => g * 5) AS at) b`],
    ['notifications', `INSERT INTO notifications (user_id, kind, key, payload, created_at, read_at)
      SELECT ${id(USER, `CASE WHEN n % 50 = 0 THEN 1 ELSE 1 + (n::bigint * 7919) % ${styles} END`)}, 'generation_complete', n::text, jsonb_build_object('jobId', ${id(JOB, '1 + n % ' + String(jobs))}, 'generationId', ${id(ITEM, '1 + n % ' + String(generations))}, 'styleId', ${id(STYLE, '1')}, 'completed', 4, 'count', 4, 'refundedTokens', 0),
        now() - make_interval(secs => n * 5), CASE WHEN n % 500 <> 0 THEN now() END FROM generate_series(1, ${generations}) n`],
    ...ledgerStatements(styles, jobs, owner),
    // As many at every size: what one person follows does not grow with the gallery.
    ['follows', `INSERT INTO follows (follower_id, artist_id, created_at) SELECT ${id(USER, '1')}, ${id(USER, 'n')}, now() - make_interval(mins => n) FROM generate_series(2, ${FOLLOWED + 1}) n`],
    ['likes', `INSERT INTO likes (user_id, generation_id, created_at)
      SELECT ${id(USER, `2 + (g * 7919::bigint + k * 31) % ${styles - 1}`)}, ${id(ITEM, 'g')}, now() - make_interval(secs => g * 5) FROM generate_series(2, ${generations}, 2) g, LATERAL generate_series(1, ${likedBy('g')}) k
      UNION ALL SELECT ${id(USER, '1')}, ${id(ITEM, 'g')}, now() - make_interval(secs => g * 5) FROM generate_series(2, ${generations}, 2) g WHERE ${viewerLikes('g')}`],
    ['profile_counts', `INSERT INTO profile_counts (user_id, published, likes_received, following, followers)
      SELECT owner_id, count(*), sum(like_count), CASE WHEN owner_id = ${id(USER, '1')} THEN ${FOLLOWED} ELSE 0 END, 0 FROM generations WHERE visibility = 'public' GROUP BY owner_id`],
    ['style_search', `INSERT INTO style_search SELECT * FROM style_search_wanted(ARRAY(SELECT id FROM styles))`],
    ['artist_search', `INSERT INTO artist_search SELECT * FROM artist_search_wanted(ARRAY(SELECT user_id FROM artists))`],
  ];
}

/** A purchase for each person; a hold for each job and a line for each image, settled at once to the style's artist. */
function ledgerStatements(styles: number, jobs: number, owner: (job: string) => string): [string, string][] {
  const lines = jobs * IMAGES_PER_JOB;
  const heldAt = (job: string): string => `now() - make_interval(secs => ${job} * 20)`;
  const payee = madeIn(styles);
  const eachLine = `generate_series(1, ${lines}) g, LATERAL (SELECT 1 + (g - 1) / ${IMAGES_PER_JOB} AS j) a, LATERAL (SELECT ${owner('j')} AS who, ${payee('j')} AS artist, ${heldAt('j')} AS at) b`;
  // Numbers of postings: holds, then settlements, then purchases; of transfers: two for a line, then purchases.
  const [settlements, purchases] = [jobs, jobs + lines];
  return [
    ['accounts', `INSERT INTO accounts (id, owner_id, kind)
      SELECT ${id(WALLET, 'n')}, ${id(USER, 'n')}, 'wallet_bought' FROM generate_series(1, ${styles}) n
      UNION ALL SELECT ${id(HELD, 'n')}, ${id(USER, 'n')}, 'held_bought' FROM generate_series(1, ${styles}) n
      UNION ALL SELECT ${id(EARNED, 'n')}, ${id(USER, 'n')}, 'earned_bought' FROM generate_series(1, ${styles}) n`],
    ['spent', `CREATE TEMP TABLE spent AS SELECT n, count(j) * ${IMAGES_PER_JOB} AS tokens FROM generate_series(1, ${styles}) n LEFT JOIN (SELECT j, ${owner('j')} AS who FROM generate_series(1, ${jobs}) j) o ON o.who = n GROUP BY n`],
    ['wallets', `INSERT INTO wallets (user_id, bought) SELECT ${id(USER, 'n')}, ${TOKENS_LEFT} FROM generate_series(1, ${styles}) n`],
    ['postings', `INSERT INTO postings (id, kind, user_id, job_id, scope, key, request_hash, available_after, created_at)
      SELECT j, 'hold', ${id(USER, owner('j'))}, ${id(JOB, 'j')}, 'hold', ${id(JOB, 'j')}::text, '', ${TOKENS_LEFT}, ${heldAt('j')} FROM generate_series(1, ${jobs}) j
      UNION ALL SELECT ${settlements} + g, 'settle', ${id(USER, 'who')}, ${id(JOB, 'j')}, 'settle', ${id(LINE, 'g')}::text, '', ${TOKENS_LEFT}, at FROM ${eachLine}
      UNION ALL SELECT ${purchases} + n, 'purchase', ${id(USER, 'n')}, NULL, 'bench', n::text, '', tokens + ${TOKENS_LEFT}, now() - interval '100 days' FROM spent`],
    ['holds', `INSERT INTO holds (job_id, user_id, number, created_at) SELECT ${id(JOB, 'j')}, ${id(USER, owner('j'))}, j, ${heldAt('j')} FROM generate_series(1, ${jobs}) j`],
    ['hold_lines', `INSERT INTO hold_lines (id, job_id, ordinal, item_id, payee_user_id, bonus, bought, state, reason, resolved_at)
      SELECT ${id(LINE, 'g')}, ${id(JOB, 'j')}, (g - 1) % ${IMAGES_PER_JOB}, ${id(ITEM, 'g')}, ${id(USER, 'artist')}, 0, 1, 'settled', 'ok', at FROM ${eachLine}`],
    ['transfers', `INSERT INTO transfers (id, posting_id, debit_id, credit_id, tokens, hold_line_id, created_at)
      SELECT 2 * g - 1, j, ${id(WALLET, 'who')}, ${id(HELD, 'who')}, 1, ${id(LINE, 'g')}, at FROM ${eachLine}
      UNION ALL SELECT 2 * g, ${settlements} + g, ${id(HELD, 'who')}, ${id(EARNED, 'artist')}, 1, ${id(LINE, 'g')}, at FROM ${eachLine}
      UNION ALL SELECT ${2 * lines} + n, ${purchases} + n, a.id, ${id(WALLET, 'n')}, s.tokens + ${TOKENS_LEFT}, NULL, now() - interval '100 days'
        FROM spent s JOIN accounts a ON a.owner_id IS NULL AND a.kind = 'issued_bought'`],
  ];
}

/** Filling a table and then building its indexes is several times quicker. Those of constraints stay. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
    WHERE i.indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)`, [tables.map((table) => `public.${table}`)]);
  if (rows.length > 0) await client.query(`DROP INDEX ${rows.map(({ name }) => name).join(', ')}`);
  return rows.map(({ definition }) => definition);
}
