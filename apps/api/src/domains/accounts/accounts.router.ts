import {
  becomeArtistInput, changePasswordInput, CodedError, empty, leaveInput, meDto, profileDto, requestPasswordResetInput, resetPasswordInput, sessionDto, setImageInput, signatureCheckDto,
  signInInput, signUpInput, updateArtistInput, updateProfileInput, uuid, verifyEmailInput,
} from '@style-license/shared';
import * as z from 'zod';
import { artistProcedure, publicProcedure, router, signedInProcedure } from '../../trpc/procedure.ts';
import { becomeArtist } from './become-artist.ts';
import { changePassword } from './change-password.ts';
import { checkSignature } from './check-signature.ts';
import { leave } from './leave.ts';
import { me } from './me.queries.ts';
import { profile } from './profile.queries.ts';
import { requestEmailCode } from './request-email-code.ts';
import { requestPasswordReset } from './request-password-reset.ts';
import { resetPassword } from './reset-password.ts';
import { endedSessionCookie, endSession, endSessions } from './session.ts';
import { listSessions } from './sessions.queries.ts';
import { setImage } from './set-image.ts';
import { signIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';
import { updateArtist } from './update-artist.ts';
import { updateProfile } from './update-profile.ts';
import { verifyEmail } from './verify-email.ts';

export const accountsRouter = router({
  me: publicProcedure.meta({ limit: 'read' }).output(meDto.nullable()).query(async ({ ctx }) => (ctx.user ? await me(ctx.deps, ctx.user.id) : null)),

  signUp: publicProcedure.meta({ limit: 'signUp' }).input(signUpInput).output(meDto).mutation(async ({ ctx, input }) => {
    const { userId, cookie } = await signUp(ctx.deps, input, ctx.userAgent);
    ctx.setCookie(cookie);
    return await me(ctx.deps, userId);
  }),
  signIn: publicProcedure.meta({ limit: 'signIn' }).input(signInInput).output(meDto).mutation(async ({ ctx, input }) => {
    const { userId, cookie } = await signIn(ctx.deps, input, { userAgent: ctx.userAgent, userId: ctx.user?.id ?? null, sessionId: ctx.sessionId });
    ctx.setCookie(cookie);
    return await me(ctx.deps, userId);
  }),
  signOut: signedInProcedure.output(empty).mutation(async ({ ctx }) => {
    await endSession(ctx.deps.db, ctx.user.id, ctx.sessionId);
    ctx.setCookie(endedSessionCookie(ctx.deps.db, ctx.deps.env));
    return {};
  }),

  requestPasswordReset: publicProcedure.meta({ limit: 'mail' }).input(requestPasswordResetInput).output(empty).mutation(async ({ ctx, input }) => {
    await requestPasswordReset(ctx.deps, input);
    return {};
  }),
  resetPassword: publicProcedure.meta({ limit: 'signIn' }).input(resetPasswordInput).output(meDto).mutation(async ({ ctx, input }) => {
    const { userId, cookie } = await resetPassword(ctx.deps, input, ctx.userAgent);
    ctx.setCookie(cookie);
    return await me(ctx.deps, userId);
  }),
  requestEmailCode: signedInProcedure.meta({ limit: 'mail' }).output(empty).mutation(async ({ ctx }) => {
    await requestEmailCode(ctx.deps, ctx.user);
    return {};
  }),
  verifyEmail: signedInProcedure.input(verifyEmailInput).output(meDto).mutation(async ({ ctx, input }) => {
    await verifyEmail(ctx.deps, ctx.user.id, input.code);
    return await me(ctx.deps, ctx.user.id);
  }),
  changePassword: signedInProcedure.meta({ limit: 'signIn' }).input(changePasswordInput).output(empty).mutation(async ({ ctx, input }) => {
    await changePassword(ctx.deps, ctx.user, ctx.sessionId, input);
    return {};
  }),

  updateProfile: signedInProcedure.input(updateProfileInput).output(meDto).mutation(async ({ ctx, input }) => {
    await updateProfile(ctx.deps, ctx.user.id, input);
    return await me(ctx.deps, ctx.user.id);
  }),
  setImage: signedInProcedure.input(setImageInput).output(meDto).mutation(async ({ ctx, input }) => {
    await setImage(ctx.deps, ctx.user.id, input.uploadId);
    return await me(ctx.deps, ctx.user.id);
  }),
  checkSignature: signedInProcedure.input(z.object({ uploadId: uuid })).output(signatureCheckDto)
    .mutation(({ ctx, input }) => checkSignature(ctx.deps, ctx.user.id, input.uploadId)),
  becomeArtist: signedInProcedure.input(becomeArtistInput).output(meDto).mutation(async ({ ctx, input }) => {
    await becomeArtist(ctx.deps, ctx.user.id, input);
    return await me(ctx.deps, ctx.user.id);
  }),
  updateArtist: artistProcedure.input(updateArtistInput).output(meDto).mutation(async ({ ctx, input }) => {
    await updateArtist(ctx.deps, ctx.user.id, input);
    return await me(ctx.deps, ctx.user.id);
  }),

  sessions: signedInProcedure.output(z.object({ items: z.array(sessionDto) }))
    .query(async ({ ctx }) => ({ items: await listSessions(ctx.deps.db, ctx.user.id, ctx.sessionId) })),
  endSession: signedInProcedure.input(z.object({ id: uuid })).output(empty).mutation(async ({ ctx, input }) => {
    if (!(await endSession(ctx.deps.db, ctx.user.id, input.id))) throw new CodedError('NOT_FOUND');
    if (input.id === ctx.sessionId) ctx.setCookie(endedSessionCookie(ctx.deps.db, ctx.deps.env));
    return {};
  }),
  endOtherSessions: signedInProcedure.output(empty).mutation(async ({ ctx }) => {
    await endSessions(ctx.deps.db, ctx.user.id, ctx.sessionId);
    return {};
  }),

  leave: signedInProcedure.input(leaveInput).output(empty).mutation(async ({ ctx, input }) => {
    await leave(ctx.deps, ctx.user.id, input.username);
    ctx.setCookie(endedSessionCookie(ctx.deps.db, ctx.deps.env));
    return {};
  }),

  profile: publicProcedure.meta({ limit: 'read' }).input(z.object({ username: z.string().max(60) })).output(profileDto)
    .query(({ ctx, input }) => profile(ctx.deps.db, input.username, ctx.user?.id ?? null)),
});
