import { expect, it } from 'vitest';
import { imageWidths } from './image-widths.ts';

const ID = '01890000-0000-7000-8000-000000000001';

it('a published image is to be had in every width up to its own', () => {
  expect(imageWidths(`/images/${ID}/feed.webp`, 512)).toBe(`/images/${ID}/feed-384.webp 384w, /images/${ID}/feed.webp 512w`);
  expect(imageWidths(`/images/${ID}/full.png`, 1024)).toBe(`/images/${ID}/feed-384.webp 384w, /images/${ID}/feed-768.webp 768w, /images/${ID}/feed.webp 1024w`);
});

it('a private one, and what is no image of ours, has one address only', () => {
  for (const url of ['http://127.0.0.1:3001/store/generations/a.webp?signature=x', '', `/images/${ID}/thumb.webp`, `https://elsewhere.test/images/${ID}/feed.webp`]) expect(imageWidths(url, 512)).toBeUndefined();
});
