import type { PersonDto } from '@style-license/shared';

/** What a query selects of a user to show them beside what they made. */
export const PERSON_SELECT = { username: true, name: true, imageKey: true, artist: { select: { artistName: true } } } as const;
export interface PersonRow { username: string; name: string; imageKey: string | null; artist?: { artistName: string } | null }

const AVATAR_KEY = /^avatars\/([0-9a-f-]{36}\.webp)$/;

export const avatarKey = (file: string): string => `avatars/${file}`;

/** The stable address of a profile image: its name is new with every image, so browsers keep it for ever. */
export function avatarUrl(imageKey: string | null): string | null {
  const file = imageKey === null ? undefined : AVATAR_KEY.exec(imageKey)?.[1];
  return file === undefined ? null : `/avatars/${file}`;
}

/** A person under their own name. */
export const personOf = ({ username, name, imageKey }: PersonRow): PersonDto => ({ username, name, imageUrl: avatarUrl(imageKey) });

/** An artist under their artist name. */
export const artistPersonOf = ({ username, name, imageKey, artist }: PersonRow): PersonDto => ({ username, name: artist?.artistName ?? name, imageUrl: avatarUrl(imageKey) });
