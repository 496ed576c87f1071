import { CodedError, type StyleState } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { lockOwnStyle } from './own-style.ts';

/** No new sales; the style stays to be seen, what was submitted is made. @throws NOT_FOUND, STYLE_NOT_READY, STYLE_NOT_AVAILABLE */
export const pauseStyle = (deps: Deps, artistId: string, styleId: string): Promise<void> => setForSale(deps, artistId, styleId, 'paused');

/** On sale again. @throws NOT_FOUND, STYLE_NOT_READY, STYLE_NOT_AVAILABLE */
export const resumeStyle = (deps: Deps, artistId: string, styleId: string): Promise<void> => setForSale(deps, artistId, styleId, 'published');

async function setForSale(deps: Deps, artistId: string, styleId: string, state: Extract<StyleState, 'paused' | 'published'>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const style = await lockOwnStyle(tx, artistId, styleId);
    if (style.state === state) return;
    if (style.state === 'draft') throw new CodedError('STYLE_NOT_READY');
    if (style.state !== 'published' && style.state !== 'paused') throw new CodedError('STYLE_NOT_AVAILABLE', { state: style.state });
    await tx.style.update({ where: { id: styleId }, data: { state } });
    await raiseEvents(tx, [{ userId: artistId, event: { type: 'style', styleId } }]);
  });
}
