/** A real OpenID provider on this machine, standing in for Google: who signs in there is chosen by the test. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interactionPolicy, Provider } from 'oidc-provider';

export interface OidcAccount { sub: string; email?: string; email_verified?: boolean; name?: string }

export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who will say yes at the next sign-in; null says no. */
  signInAs(account: OidcAccount | null): void;
  /** Goes through the provider's pages from the authorization URL; gives the way back to the app. */
  walk(authorizationUrl: string): Promise<URL>;
  close(): Promise<void>;
}

export async function startOidcProvider(redirectUri: string): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['style-license', 'a client secret of the test provider'];
  const accounts = new Map<string, OidcAccount>();
  let chosen: OidcAccount | null = null;
  // Google lets people choose among their accounts when asked to.
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post' }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false, // as Google: e-mail and name stand in the ID token
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['a key for the cookies of the test provider'] },
    interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ ...accounts.get(id), sub: id }) }),
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
  });
  const app = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void app(request, response);
    void (async () => {
      const details = await provider.interactionDetails(request, response);
      if (!chosen) return await provider.interactionFinished(request, response, { error: 'access_denied' });
      accounts.set(chosen.sub, chosen);
      const grant = new provider.Grant({ accountId: chosen.sub, clientId: String(details.params['client_id']) });
      grant.addOIDCScope('openid email profile');
      return await provider.interactionFinished(request, response, { select_account: {}, login: { accountId: chosen.sub }, consent: { grantId: await grant.save() } });
    })();
  });
  return {
    issuer, clientId, clientSecret,
    signInAs: (account) => { chosen = account; },
    async walk(authorizationUrl) {
      const cookies = new Map<string, string>();
      let url = new URL(authorizationUrl);
      for (let hop = 0; hop < 10; hop++) {
        const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = line.split(';', 1)[0]!.split('=', 2);
          cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`the provider answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
        url = new URL(location, url);
        if (url.href.startsWith(redirectUri)) return url;
      }
      throw new Error('the provider led in circles');
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
