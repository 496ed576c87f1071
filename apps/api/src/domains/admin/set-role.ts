import { CodedError } from '@style-license/shared';
import { transaction, type Database } from '../../platform/database.ts';
import { recordAct } from '../../platform/record-act.ts';

export interface RoleSet { userId: string; username: string; changed: boolean }

/**
 * Makes somebody an administrator or a plain user again. There is no page for it: who may is who can reach the server.
 * Their next request has the new role, since roles are read with every request.
 * @throws NOT_FOUND when nobody has this address, ACCOUNT_DEACTIVATED when they cannot sign in
 */
export async function setRole(db: Database, { email, role, reason }: { email: string; role: 'admin' | 'user'; reason: string }): Promise<RoleSet> {
  return await transaction(db, async (tx) => {
    const [user] = await tx.$queryRaw<{ id: string; username: string; role: string; state: string }[]>`
      SELECT id, username, role, state FROM users WHERE email = ${email.trim().toLowerCase()} FOR UPDATE`;
    if (!user) throw new CodedError('NOT_FOUND');
    if (user.state !== 'active' && role === 'admin') throw new CodedError('ACCOUNT_DEACTIVATED');
    if (user.role === role) return { userId: user.id, username: user.username, changed: false };
    await tx.user.update({ where: { id: user.id }, data: { role } });
    await recordAct(tx, { actorId: null, act: role === 'admin' ? 'grant_admin' : 'revoke_admin', subject: { kind: 'user', id: user.id }, reason });
    return { userId: user.id, username: user.username, changed: true };
  });
}
