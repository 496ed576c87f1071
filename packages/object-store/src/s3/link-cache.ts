import type { Now } from '../clock.ts';
import type { SignedDownload } from '../store.ts';

/** A list page signs a hundred links; the SDK takes most of a millisecond for each, and gives the same text within the hour. */
const LINKS_MAX = 20_000;
/** Temporary credentials rotate: a link signed with the ones before must not be handed out for long. */
const FRESH_MS = 5 * 60_000;

export interface LinkCache {
  get(key: string, sign: () => Promise<SignedDownload>): Promise<SignedDownload>;
}

export function createLinkCache(now: Now): LinkCache {
  const links = new Map<string, { link: SignedDownload; until: number }>();
  return {
    async get(key, sign) {
      const time = now().getTime();
      const known = links.get(key);
      if (known !== undefined && time < known.until) return known.link;
      const link = await sign();
      // Oldest first: a Map keeps the order in which its keys came.
      links.delete(key);
      for (const oldest of links.keys()) {
        if (links.size < LINKS_MAX) break;
        links.delete(oldest);
      }
      links.set(key, { link, until: Math.min(time + FRESH_MS, endOfHour(time)) });
      return link;
    },
  };
}

const HOUR_MS = 3_600_000;
const endOfHour = (time: number): number => (Math.floor(time / HOUR_MS) + 1) * HOUR_MS;
