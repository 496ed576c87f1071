import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { errorCode, person, type Person } from '../client/person.ts';
import { signUpVerified } from '../client/steps.ts';

interface Account { email: string; name: string; username: string; locale: 'en' | 'ko'; bio?: string }
type Cookies = Record<string, string>;

/**
 * The demo's accounts. They sign up as anybody does; what the API rightly gives nobody (an administrator's role, the place
 * behind all users) is set in the database. Their sessions are kept, so that a second start signs nobody in again and leaves the
 * sign-in allowance of this machine to its person.
 */
export class DemoPeople {
  readonly #url: string;
  readonly #origin: string;
  readonly #password: string;
  readonly #path: string;
  readonly #cookies: Record<string, Cookies>;
  readonly #database: pg.Pool;

  private constructor(settings: { url: string; origin: string; password: string; path: string; cookies: Record<string, Cookies>; databaseUrl: string }) {
    this.#url = settings.url;
    this.#origin = settings.origin;
    this.#password = settings.password;
    this.#path = settings.path;
    this.#cookies = settings.cookies;
    this.#database = new pg.Pool({ connectionString: settings.databaseUrl, max: 1, application_name: 'style-license demo' });
  }

  static async open(environment: NodeJS.ProcessEnv): Promise<DemoPeople> {
    const need = (name: string): string => {
      const value = environment[name];
      if (!value) throw new Error(`${name} is not set; the demo is started by npm start.`);
      return value;
    };
    const path = join(need('DATA_DIR'), 'demo-sessions.json');
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new DemoPeople({
      url: need('DEMO_URL'), origin: need('APP_ORIGIN'), password: need('DEMO_PASSWORD'), path, cookies: JSON.parse(text) as Record<string, Cookies>, databaseUrl: need('DATABASE_URL'),
    });
  }

  /** Signed in: by the kept session, by password, or as a new person. */
  async enter(account: Account, rights: { role?: 'admin'; pool?: 'demo' } = {}): Promise<Person> {
    const someone = person({ url: this.#url, origin: this.#origin, cookies: this.#cookies[account.email] });
    const { api } = someone;
    let me = await api.accounts.me.query();
    if (!me && (await this.#exists(account.email))) me = await api.accounts.signIn.mutate({ email: account.email, password: this.#password });
    if (!me) {
      await signUpVerified(someone, { email: account.email, password: this.#password, name: account.name, locale: account.locale });
      await this.#setUsername(someone, account);
    }
    if (rights.role) await this.#database.query('UPDATE users SET role = $2 WHERE email = $1', [account.email, rights.role]);
    if (rights.pool && !(await this.#hasFinished(account.email))) await this.setPool(account.email, rights.pool);
    this.#cookies[account.email] = someone.cookies();
    await this.#save();
    return someone;
  }

  async setPool(email: string, pool: 'user' | 'demo'): Promise<void> {
    await this.#database.query('UPDATE users SET pool = $2 WHERE email = $1', [email, pool]);
  }

  async haveFinished(emails: readonly string[]): Promise<boolean> {
    for (const email of emails) if (!(await this.#hasFinished(email))) return false;
    return true;
  }

  async close(): Promise<void> {
    await this.#database.end();
  }

  async #exists(email: string): Promise<boolean> {
    const { rowCount } = await this.#database.query('SELECT 1 FROM users WHERE email = $1', [email]);
    return Boolean(rowCount);
  }

  /** Once the gallery was full its people stay what they are. */
  async #hasFinished(email: string): Promise<boolean> {
    const { rowCount } = await this.#database.query(`SELECT 1 FROM users u JOIN styles s ON s.artist_id = u.id WHERE u.email = $1 AND u.pool = 'user' AND s.state <> 'draft'`, [email]);
    return Boolean(rowCount);
  }

  async #setUsername(someone: Person, account: Account): Promise<void> {
    await someone.api.accounts.updateProfile.mutate({ username: account.username, bio: account.bio ?? '' }).catch((error: unknown) => {
      // Somebody else has the name on this server: the one given at sign-up stays.
      if (errorCode(error) !== 'USERNAME_TAKEN') throw error;
    });
  }

  async #save(): Promise<void> {
    await writeFile(`${this.#path}.new`, JSON.stringify(this.#cookies), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }
}
