import type { TrainingSpec } from '@style-license/shared/server';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';

/** Whose style it is, under which terms, with which signature: part of every spec, and written into every image. */
export type StyleRights = Pick<TrainingSpec, 'artist' | 'style' | 'signature' | 'termsUrl'>;

export async function styleRights(db: Reader, { env }: Pick<Deps, 'env'>, styleId: string, termsVersion: number): Promise<StyleRights> {
  const style = await db.style.findUniqueOrThrow({ where: { id: styleId }, include: { artist: { include: { user: { select: { username: true } } } } } });
  const { artist } = style;
  return {
    artist: { name: artist.artistName, username: artist.user.username },
    style: { id: style.id, title: style.title },
    signature: { key: artist.signatureKey, bytes: artist.signatureBytes, sha256: artist.signatureSha256 },
    termsUrl: termsUrl(env.APP_ORIGIN, styleId, termsVersion),
  };
}

/** Without a language: the page chooses the reader's. */
export const termsUrl = (appOrigin: string, styleId: string, version: number): string => `${appOrigin}/terms/${styleId}/${version}`;
