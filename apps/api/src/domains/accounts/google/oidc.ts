/** Google as an OpenID provider: discovery once, authorization code with PKCE, state and nonce, ID token checked by the library. */
import * as oidc from 'openid-client';
import type { Env } from '../../../env.ts';

type GoogleEnv = Pick<Env, 'GOOGLE_CLIENT_ID' | 'GOOGLE_CLIENT_SECRET' | 'GOOGLE_ISSUER' | 'APP_ORIGIN' | 'isProduction'>;

/** What must be remembered in the person's browser between leaving and coming back. */
export interface Handshake { state: string; nonce: string; verifier: string }
/** Who Google says it is. */
export interface GoogleIdentity { subject: string; email: string | null; emailVerified: boolean; name: string | null }

export interface OidcClient {
  begin(): Promise<{ url: URL; handshake: Handshake }>;
  /** @throws when the answer is not one to what was begun */
  finish(callbackPathAndQuery: string, handshake: Handshake): Promise<GoogleIdentity>;
}

const TIMEOUT_SECONDS = 10;

/** Null where no credentials are set. */
export function createOidcClient(env: GoogleEnv): OidcClient | null {
  const { GOOGLE_CLIENT_ID: clientId, GOOGLE_CLIENT_SECRET: secret, GOOGLE_ISSUER: issuer } = env;
  if (clientId === undefined || secret === undefined) return null;
  const redirectUri = `${env.APP_ORIGIN}/auth/google/callback`;
  let found: Promise<oidc.Configuration> | undefined;
  const configuration = async (): Promise<oidc.Configuration> => {
    // A provider for tests runs without TLS; settings refuse that in production.
    const execute = issuer.startsWith('http://') && !env.isProduction ? [oidc.allowInsecureRequests] : [];
    found ??= oidc.discovery(new URL(issuer), clientId, secret, oidc.ClientSecretPost(secret), { execute, timeout: TIMEOUT_SECONDS });
    try {
      return await found;
    } catch (error) {
      found = undefined; // the next person finds it answering again, perhaps
      throw error;
    }
  };
  return {
    async begin() {
      const handshake: Handshake = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri, scope: 'openid email profile', prompt: 'select_account', state: handshake.state, nonce: handshake.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(handshake.verifier), code_challenge_method: 'S256',
      });
      return { url, handshake };
    },
    async finish(callbackPathAndQuery, { state, nonce, verifier }) {
      const answer = await oidc.authorizationCodeGrant(await configuration(), new URL(callbackPathAndQuery, env.APP_ORIGIN), {
        expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true,
      });
      const claims = answer.claims();
      if (!claims) throw new Error('the provider sent no ID token');
      const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);
      return { subject: claims.sub, email: text(claims['email'])?.toLowerCase() ?? null, emailVerified: claims['email_verified'] === true, name: text(claims['name']) };
    },
  };
}
