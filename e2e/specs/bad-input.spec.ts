/** What people do wrong on the way to a style, and what they are told; nothing is lost by it. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { fileChooser, fillEditor } from '../flows/styles.ts';
import { artworkFiles, smallImageFile } from '../fixtures/pictures.ts';
import { expect, test } from '../fixtures/test.ts';

test('a broken upload says what is wrong and costs the others nothing', async ({ page, words, to, personOf }) => {
  const artist = newAccount('Eva Careless');
  await signUp(page, words, to, artist);
  await becomeArtist(page, words, to, artist);
  await fillEditor(page, words, to, { title: `Slips ${randomBytes(3).toString('hex')}`, price: 5, description: 'What can go wrong.', tags: [] });

  const good = await artworkFiles(2, 40);
  const small = await smallImageFile();
  const renamed = join(dirname(small), 'drawing.png');
  await writeFile(renamed, '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"/>');
  await fileChooser(page, words).setInputFiles([...good, small, renamed]);

  const tiles = page.getByRole('list', { name: words('editor.artworks') }).getByRole('listitem');
  await expect(tiles).toHaveCount(4);
  await expect(page.getByText(words('editor.upload.tooSmall', { width: 300, height: 300 }))).toBeVisible();
  await expect(tiles.getByRole('button', { name: words('editor.replace') })).toHaveCount(2);
  const mine = async () => {
    const { api } = await personOf(page);
    const [style] = (await api.styles.mine.query()).items;
    return style ? (await api.styles.editor.query({ styleId: style.id })).artworks.length : 0;
  };
  await expect.poll(mine, { timeout: 30_000 }).toBe(2);
  await expect(page.getByRole('button', { name: words('editor.train'), exact: true })).toBeDisabled();

  await page.getByLabel(words('editor.price')).fill('1.5');
  await expect(page.getByText(words('editor.fault.price'))).toBeVisible();
  await page.reload();
  await expect(tiles).toHaveCount(2);
});
