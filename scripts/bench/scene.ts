import { randomBytes } from 'node:crypto';
import { noiseImage } from '@style-license/testkit/noise-image';
import { person, type Person } from '../client/person.ts';
import { addArtworks, becomeArtist, publishStyle, signUpVerified, startTraining, trained, type File } from '../client/steps.ts';
import { SMOKE_SIGNATURE } from '../smoke/signature.ts';

export interface Scene { url: string; styleId: string; artist: Person; newBuyer: () => Promise<Person> }

const ARTWORKS = 12;
const TRAINING_LIMIT_MS = 5 * 60_000;

/** A published style for one token an image, and people who each have their welcome bonus to spend. */
export async function setScene(url: string): Promise<Scene> {
  const password = randomBytes(12).toString('base64url');
  let people = 0;
  const newPerson = async (): Promise<Person> => {
    const someone = person({ url });
    people += 1;
    await signUpVerified(someone, { email: `bench-${people}-${randomBytes(3).toString('hex')}@bench.test`, password, name: `Bench ${people}` });
    return someone;
  };
  const artist = await newPerson();
  await becomeArtist(artist, 'Bench Artist', await SMOKE_SIGNATURE.png());
  const { id: styleId } = await artist.api.styles.create.mutate({ title: `Bench ${randomBytes(3).toString('hex')}`, description: '', priceTokens: 1 });
  const files: File[] = [];
  for (let seed = 1; seed <= ARTWORKS; seed += 1) files.push({ name: `${seed}.png`, contentType: 'image/png', bytes: await noiseImage({ seed }), tags: ['rounds'] });
  await addArtworks(artist, styleId, files);
  await startTraining(artist, styleId);
  await trained(artist, styleId, TRAINING_LIMIT_MS);
  await publishStyle(artist, styleId);
  return { url, styleId, artist, newBuyer: newPerson };
}
