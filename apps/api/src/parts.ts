/** The parts of the HTTP server that domains contribute. */
import { authenticate, registerAvatars, registerGoogle } from './domains/accounts/index.ts';
import { registerImageRoutes } from './domains/generations/index.ts';
import { registerPreviewRoute } from './domains/jobs/index.ts';
import { registerSystem } from './domains/system/system.routes.ts';
import type { AppParts } from './http/app.ts';
import type { Deps } from './platform/deps.ts';
import type { UserOf } from './domains/jobs/index.ts';

export function apiParts(deps: Deps): AppParts {
  return {
    deps,
    authenticate: (request, setCookie) => authenticate(deps, request, setCookie),
    routes: [registerSystem, registerAvatars, registerGoogle, registerImageRoutes, registerPreviewRoute(userOf(deps))],
  };
}

/** For plain routes: who asks. A session is renewed by calls of the API, not by pictures. */
const userOf = (deps: Deps): UserOf => async (request) => (await authenticate(deps, request, () => undefined))?.user.id ?? null;
