import type { StyleEditorDto } from '@style-license/shared';
import sharp from 'sharp';
import type { Person } from '../client/person.ts';
import { addArtworks, becomeArtist, publishStyle, startTraining, trained, upload, type File } from '../client/steps.ts';
import type { DemoArtist } from './artists.ts';
import { artworkName, ARTWORKS_PER_ARTIST, drawArtwork } from './artworks.ts';
import { drawSignature } from './signatures.ts';

/** Behind a person's own jobs the demo may wait long. */
const TRAINING_LIMIT_MS = 60 * 60_000;
const POLL_MS = 2_000;
const SHOWN_ARTWORKS = 3;

export interface OpenStyle { styleId: string; priceTokens: number; tags: string[][] }

/** From wherever it stopped last time to a published style. */
export async function openStyle(artist: DemoArtist, someone: Person): Promise<OpenStyle> {
  const { api } = someone;
  const me = await api.accounts.me.query();
  if (!me?.artist) {
    await setFace(artist, someone);
    await becomeArtist(someone, artist.name, await drawSignature(artist.signature));
  }
  const mine = await api.styles.mine.query();
  const styleId = mine.items[0]?.id ?? (await createStyle(artist, someone));
  let editor = await api.styles.editor.query({ styleId });
  if (editor.state === 'draft') {
    await completeArtworks(artist, someone, editor);
    if (!editor.trained) await train(someone, styleId, editor);
    editor = await publishStyle(someone, styleId);
  }
  return { styleId, priceTokens: editor.priceTokens, tags: editor.artworks.map(({ tags }) => tags).filter((tags) => tags.length > 0) };
}

async function createStyle({ style }: DemoArtist, someone: Person): Promise<string> {
  const { licence, ...texts } = style;
  const { id } = await someone.api.styles.create.mutate(texts);
  await someone.api.styles.edit.mutate({ styleId: id, licence });
  return id;
}

async function completeArtworks(artist: DemoArtist, someone: Person, editor: StyleEditorDto): Promise<void> {
  const present = new Set(editor.artworks.map(({ name }) => name));
  const missing: File[] = [];
  for (let index = 0; index < ARTWORKS_PER_ARTIST; index += 1) {
    if (!present.has(artworkName(artist.hand, index))) missing.push(await drawArtwork(artist.hand, index));
  }
  if (missing.length > 0) await addArtworks(someone, editor.id, missing);
  const { artworks } = await someone.api.styles.editor.query({ styleId: editor.id });
  await someone.api.styles.showArtworks.mutate({ styleId: editor.id, artworkIds: artworks.slice(0, SHOWN_ARTWORKS).map(({ id }) => id), shown: true });
}

async function train(someone: Person, styleId: string, editor: StyleEditorDto): Promise<void> {
  const running = editor.training && ['pending', 'training'].includes(editor.training.state);
  if (!running) await startTraining(someone, styleId);
  await trained(someone, styleId, TRAINING_LIMIT_MS, POLL_MS);
}

/** A piece of an own artwork stands for the artist. */
async function setFace(artist: DemoArtist, someone: Person): Promise<void> {
  const { bytes } = await drawArtwork(artist.hand, 2);
  const face = await sharp(bytes).resize(512, 512, { fit: 'cover' }).png().toBuffer();
  const [uploadId] = await upload(someone, 'profile_image', [{ name: 'me.png', bytes: face, contentType: 'image/png' }]);
  await someone.api.accounts.setImage.mutate({ uploadId: uploadId! });
}
