import { CodedError, type updateProfileInput } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { cleanLine, cleanText } from './text.ts';
import { parseUsername } from './username.ts';

/** @throws USERNAME_INVALID, USERNAME_TAKEN (also by the database's own rule, when two take it at once) */
export async function updateProfile({ db }: Deps, userId: string, input: z.output<typeof updateProfileInput>): Promise<void> {
  const name = input.name === undefined ? undefined : cleanLine(input.name);
  if (name === '') throw new CodedError('BAD_REQUEST', { fields: ['name'] });
  const username = input.username === undefined ? undefined : parseUsername(input.username);
  const bio = input.bio === undefined ? undefined : cleanText(input.bio);
  await transaction(db, async (tx) => {
    if (username !== undefined && (await tx.user.findFirst({ where: { username, id: { not: userId } }, select: { id: true } }))) {
      throw new CodedError('USERNAME_TAKEN', { field: 'username' });
    }
    await tx.user.update({ where: { id: userId }, data: { name, username, bio, locale: input.locale, mailJobResults: input.mailJobResults } });
    await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
  });
}
