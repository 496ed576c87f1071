import { ATTEMPTS, compose, openStudio, type ComposeOptions, type Studio } from './compose.ts';
import { COPY_DISTANCE, farthestOf, nearestArtwork } from './copy-check.ts';
import { EngineError } from './errors.ts';
import type { Emit, GenerateDoneEvent } from './events.ts';
import { LAYOUT_STEPS } from './layout.ts';
import { checkFolderOf, writeAtomically } from './output.ts';
import { encodePng } from './png.ts';
import { Pool } from './pool.ts';
import { Progress } from './progress.ts';
import { areaResize, type Raster } from './raster.ts';
import { refine, refineSteps } from './refine.ts';
import { hash4 } from './rng.ts';
import { isOutputSize } from './sizes.ts';

export interface GenerateOptions extends ComposeOptions {
  seed: number;
  /** One path per picture. */
  outs: string[];
  threads: number;
  preview?: string;
}

/** Compositions that may be finished for one picture. */
const FINISHED = 3;

/** Previews of one picture, each written while the next level is worked on. */
class Previews {
  private written = Promise.resolve();
  private readonly path: string | undefined;
  private readonly emit: (file: string, picture: Raster) => void;
  constructor(path: string | undefined, emit: (file: string, picture: Raster) => void) {
    this.path = path;
    this.emit = emit;
  }
  /** Begins to write one; waits for the one before, and throws what went wrong with it. */
  async show(picture: Raster, png: () => Promise<Uint8Array[]>): Promise<void> {
    const { path } = this;
    if (path === undefined) return;
    await this.written;
    this.written = (async () => {
      await writeAtomically(path, await png());
      this.emit(path, picture);
    })();
    // A failure is thrown to whoever waits for it next, be it later.
    this.written.catch(() => undefined);
  }
  /** Waits until the last one is written. */
  async finish(): Promise<void> {
    await this.written;
  }
}

async function makePicture(studio: Studio, options: GenerateOptions, index: number, emit: Emit): Promise<GenerateDoneEvent> {
  const progress = new Progress(
    emit,
    [
      ['layout', 3],
      ['refine', 7],
    ],
    options.outs.length > 1 ? { index } : {},
  );
  const asked = options.seed + index;
  const seed = hash4(asked, Math.floor(asked / 4294967296), studio.seedOffset, 1);
  const total = LAYOUT_STEPS + refineSteps(Math.min(options.width, options.height));
  const out = options.outs[index];
  const attempts = { made: 0 };
  const previews = new Previews(options.preview, (file, { width, height }) => emit({ event: 'preview', index, file, width, height }));
  // Refinement puts the artist's own pixels in, and may bring a composition back to an artwork: what counts is the finished picture.
  const { picture, png, nearest, creativity } = await farthestOf(FINISHED, COPY_DISTANCE, async () => {
    if (attempts.made === ATTEMPTS) return undefined;
    const { layout, level, creativity, welcome } = await compose(studio, options, seed, attempts, (step) => progress.step('layout', step, LAYOUT_STEPS));
    const picture = await refine(
      layout,
      level,
      {
        width: options.width,
        height: options.height,
        seed,
        scores: welcome,
        stores: studio.stores,
        onStep: (step) => progress.step('refine', step, total - LAYOUT_STEPS),
        // The last level is the picture itself, which is encoded once, below.
        onLevel: (raster) => (raster.width === options.width ? Promise.resolve() : previews.show(raster, () => encodePng(raster))),
      },
      studio.memory,
      studio.pool,
    );
    // Encoded while it is compared.
    const png = encodePng(picture);
    await previews.show(picture, () => png);
    const small = areaResize(picture, layout.width, layout.height);
    const nearest = await nearestArtwork(small, layout.width, layout.height, studio.everything, studio.memory, studio.pool);
    return { picture, png: await png, nearest, creativity, distance: nearest.distance };
  });
  await previews.finish();
  await writeAtomically(out, png);
  const sources = [...picture.shares]
    .filter(([, share]) => share >= 0.005)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([image, share]): [number, number] => [image, Math.round(share * 1000) / 1000]);
  const { matched, unmatched, avoided } = studio.match;
  const done: GenerateDoneEvent = {
    event: 'done',
    phase: 'generate',
    index,
    out,
    seed: asked,
    width: options.width,
    height: options.height,
    matched,
    unmatched,
    avoided,
    sources,
    nearestTraining: { image: nearest.image, distance: Math.round(nearest.distance * 10) / 10 },
    creativity: { asked: options.creativity, used: Math.round(creativity * 100) / 100 },
    ms: progress.ms,
  };
  emit(done);
  return done;
}

/** Makes one picture or several in a learned style. */
export async function generate(options: GenerateOptions, emit: Emit): Promise<GenerateDoneEvent[]> {
  if (!isOutputSize(options.width, options.height)) {
    throw new EngineError('bad_size', `${options.width}×${options.height} is not a size this engine makes: sides are multiples of 8, the short one 512 or 1024, the long one at most twice as long and 1024.`);
  }
  for (const path of [options.outs[0], options.preview]) if (path !== undefined) await checkFolderOf(path);
  const begun = performance.now();
  const pool = Pool.start(options.threads);
  try {
    const studio = await openStudio(options, pool);
    emit({ event: 'start', phase: 'generate', images: options.outs.length });
    const results: GenerateDoneEvent[] = [];
    for (let index = 0; index < options.outs.length; index++) results.push(await makePicture(studio, options, index, emit));
    emit({ event: 'end', images: results.length, ms: Math.round(performance.now() - begun) });
    return results;
  } finally {
    await pool.close();
  }
}
