import { expect, it } from 'vitest';
import { avatarFor, imageWidths } from './image-widths.ts';

const ID = '01890000-0000-7000-8000-000000000001';

it('a published image is to be had in every width up to its own', () => {
  expect(imageWidths(`/images/${ID}/feed.webp`, 512)).toBe(`/images/${ID}/feed-384.webp 384w, /images/${ID}/feed.webp 512w`);
  expect(imageWidths(`/images/${ID}/full.png`, 1024)).toBe(`/images/${ID}/feed-384.webp 384w, /images/${ID}/feed-512.webp 512w, /images/${ID}/feed-768.webp 768w, /images/${ID}/feed.webp 1024w`);
});

it('an artwork that is shown too', () => {
  expect(imageWidths(`/artworks/${ID}/feed.webp`, 512)).toBe(`/artworks/${ID}/feed-384.webp 384w, /artworks/${ID}/feed.webp 512w`);
});

it('a private one, and what is no image of ours, has one address only', () => {
  for (const url of ['http://127.0.0.1:3001/store/generations/a.webp?signature=x', '', `/images/${ID}/thumb.webp`, `https://elsewhere.test/images/${ID}/feed.webp`]) expect(imageWidths(url, 512)).toBeUndefined();
});

it('a small circle takes the small profile image; a large one, and a picture that is no profile image of ours, the one there is', () => {
  const face = `/avatars/${ID}.webp`;
  expect([28, 40, 42].map((size) => avatarFor(face, size))).toEqual(Array(3).fill(`/avatars/${ID}-128.webp`));
  expect([56, 96].map((size) => avatarFor(face, size))).toEqual([face, face]);
  expect(avatarFor('data:image/png;base64,AAAA', 28)).toBe('data:image/png;base64,AAAA');
});
