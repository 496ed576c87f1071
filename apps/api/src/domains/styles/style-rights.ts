import type { TrainingSpec } from '@style-license/shared/server';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { rightsSql, type RightsRow } from './styles.sql.ts';

/** Whose style it is, under which terms, with which signature: part of every spec, and written into every image. */
export type StyleRights = Pick<TrainingSpec, 'artist' | 'style' | 'signature' | 'termsUrl'>;

export async function styleRights(db: Reader, deps: Pick<Deps, 'env'>, styleId: string, termsVersion: number): Promise<StyleRights> {
  const row = await rightsSql(db, styleId);
  if (!row) throw new Error(`no style ${styleId}`);
  return styleRightsOf(deps, styleId, termsVersion, row);
}

export const styleRightsOf = ({ env }: Pick<Deps, 'env'>, styleId: string, termsVersion: number, row: RightsRow): StyleRights => ({
  artist: { name: row.artist_name, username: row.username },
  style: { id: styleId, title: row.style_title },
  signature: { key: row.signature_key, bytes: row.signature_bytes, sha256: row.signature_sha256 },
  termsUrl: termsUrl(env.APP_ORIGIN, styleId, termsVersion),
});

/** Without a language: the page chooses the reader's. */
export const termsUrl = (appOrigin: string, styleId: string, version: number): string => `${appOrigin}/terms/${styleId}/${version}`;
