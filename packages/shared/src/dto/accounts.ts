import * as z from 'zod';
import { LIMITS } from '../limits.ts';
import { uuid } from '../ids.ts';
import { LOCALES, personDto, time, tokens, url } from './common.ts';

const password = z.string().max(LIMITS.passwordMaxChars);
const email = z.string().trim().toLowerCase().pipe(z.email().max(254));
const name = z.string().trim().min(1).max(LIMITS.nameMaxChars);
/** Lower case letters, digits, underscore; 3–30. Checked in the domain so that USERNAME_INVALID can say so. */
export const USERNAME = /^[a-z0-9_]{3,30}$/;

export const meDto = z.object({
  id: uuid,
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  name: z.string(),
  username: z.string(),
  bio: z.string(),
  imageUrl: url.nullable(),
  locale: z.enum(LOCALES),
  role: z.enum(['user', 'admin']),
  hasPassword: z.boolean(),
  googleLinked: z.boolean(),
  artist: z.object({ artistName: z.string(), signatureUrl: url, signatureWidth: z.int(), signatureHeight: z.int() }).nullable(),
  /** Whether the end of a job is also mailed. */
  mailJobResults: z.boolean(),
  /** Tokens to spend now. */
  available: tokens,
  held: tokens,
  unreadNotifications: z.int().nonnegative(),
  createdAt: time,
});
export type MeDto = z.infer<typeof meDto>;

export const signUpInput = z.object({ email, password, name, locale: z.enum(LOCALES).default('en') });
export const signInInput = z.object({ email, password });
export const requestPasswordResetInput = z.object({ email, locale: z.enum(LOCALES).default('en') });
export const resetPasswordInput = z.object({ token: z.string().max(200), password });
export const verifyEmailInput = z.object({ code: z.string().trim().max(20) });
export const changePasswordInput = z.object({ current: password.nullable(), next: password });
export const updateProfileInput = z.object({
  name: name.optional(), username: z.string().max(60).optional(), bio: z.string().max(LIMITS.bioMaxChars).optional(), locale: z.enum(LOCALES).optional(), mailJobResults: z.boolean().optional(),
});
export const setImageInput = z.object({ uploadId: uuid.nullable() });
export const becomeArtistInput = z.object({ artistName: name, signatureUploadId: uuid });
export const updateArtistInput = z.object({ artistName: name.optional(), signatureUploadId: uuid.optional() });
export const leaveInput = z.object({ username: z.string().max(60) });

/** A signature as it will stand on a light, a dark and a busy image. */
export const signatureCheckDto = z.object({
  uploadId: uuid,
  width: z.int(), height: z.int(),
  samples: z.array(z.object({ ground: z.enum(['light', 'dark', 'busy']), imageUrl: url, contrast: z.number(), legible: z.boolean() })).length(3),
});
export type SignatureCheckDto = z.infer<typeof signatureCheckDto>;

export const sessionDto = z.object({
  id: uuid, current: z.boolean(), userAgent: z.string().nullable(), createdAt: time, lastSeenAt: time,
});
export type SessionDto = z.infer<typeof sessionDto>;

export const profileDto = z.object({
  person: personDto,
  bio: z.string(),
  artistName: z.string().nullable(),
  counts: z.object({
    published: z.int(), likesReceived: z.int(), following: z.int(),
    styles: z.int().nullable(), generationsSold: z.int().nullable(), followers: z.int().nullable(),
  }),
  isMe: z.boolean(),
  /** Whether the viewer follows this artist. */
  followed: z.boolean(),
  joinedAt: time,
});
export type ProfileDto = z.infer<typeof profileDto>;

export const configDto = z.object({
  /** Development: the outbox is readable, demo sign-ins exist. */
  development: z.boolean(),
  googleSignIn: z.boolean(),
  passwordSignIn: z.boolean(),
  payments: z.enum(['none', 'sandbox', 'toss', 'portone']),
  /** The runner kinds that some live runner offers now: `generation.builtin`, … */
  offered: z.array(z.string()),
  demoSignIns: z.array(z.object({ role: z.enum(['user', 'artist', 'admin']), email: z.string(), password: z.string() })),
});
export type ConfigDto = z.infer<typeof configDto>;
