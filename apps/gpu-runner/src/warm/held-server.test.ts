/** What a server prints while one picture is made and the next waits, and whose it is. */
import { describe, expect, it } from 'vitest';
import { HeldServer, type Picture, type Process } from './held-server.ts';

const REQUEST = '[INFO ] stable-diffusion.cpp:5628 - generate_image 512x512';
const COMPLETED = '[INFO ] stable-diffusion.cpp:5861 - generate_image completed in 6.57s';
const lora = (count: number): string => `[INFO ] lora.hpp:997  - (${count} / 312) LoRA tensors have been applied, lora_file_path = loras/a.safetensors`;
const STEP = '  |=========================>                        | 1/2 - 1.25s/it\u001B[K';
const BAD_STYLE = "[ERROR] lora.hpp:50   - init lora model loader from file failed: 'loras/b.safetensors'";
const FAILED = '[ERROR] stable-diffusion.cpp:2901 - Diffusion model sampling failed';

interface Stage { held: HeldServer; print: (...lines: string[]) => void; die: () => Promise<void> }
function stage(): Stage {
  let print: (line: string) => void = () => undefined;
  const closed = Promise.withResolvers<never>();
  const held = new HeldServer({ device: null, frugal: false, threads: 1 }, (onLine) => {
    print = onLine;
    return { closed: closed.promise, over: null, lastWords: '', pid: 1, ask: () => Promise.reject(new Error('not here')), end: () => closed.promise, isHealthy: async () => true, ready: async () => true } satisfies Process;
  });
  return {
    held,
    print: (...lines) => {
      for (const line of lines) print(line);
    },
    die: async () => {
      closed.resolve(undefined as never);
      await closed.promise;
    },
  };
}
function ask(held: HeldServer, item: number, style: string): Picture & { steps: number[] } {
  const steps: number[] = [];
  const picture: Picture & { steps: number[] } = {
    item, style, steps, inactivityMs: 1_000, askedMs: 0, begunMs: null, madeMs: null, fault: null, styleFault: null, heard: () => undefined,
    onEvent: (event) => void (event.type === 'progress' && event.phase === 'sample' && steps.push(event.step)),
  };
  held.add(picture);
  return picture;
}

describe('two pictures in a server', () => {
  it('each has the lines from its own beginning to its end', () => {
    const { held, print } = stage();
    const [one, two] = [ask(held, 0, 'a'), ask(held, 1, 'a')];
    print(REQUEST, lora(144), lora(168), STEP, COMPLETED);
    expect([one.madeMs, two.begunMs]).toEqual([expect.any(Number), null]);
    print(REQUEST, STEP);
    expect([one.steps, two.steps]).toEqual([[1], [1]]);
    print(COMPLETED);
    // The same style as before: the server says nothing of it, and it is still in the model.
    expect([one.styleFault, two.styleFault]).toEqual([null, null]);
  });
  it('another style behind it is counted anew', () => {
    const { held, print } = stage();
    const [one, two] = [ask(held, 0, 'a'), ask(held, 0, 'b')];
    print(REQUEST, lora(144), lora(168), COMPLETED, REQUEST, lora(144), COMPLETED);
    expect([one.styleFault, two.styleFault]).toEqual([null, '144 of 312 LoRA tensors were applied']);
  });
  it('a fault of the next is the next one\'s, though the one before has not been fetched', () => {
    const { held, print } = stage();
    const [one, two] = [ask(held, 0, 'a'), ask(held, 0, 'b')];
    print(REQUEST, lora(312), COMPLETED, BAD_STYLE, REQUEST);
    expect([one.fault, two.fault?.reason]).toEqual([null, 'missing_weights']);
  });
  it('a fault that is read late is of the one whose style is not whole', () => {
    const { held, print } = stage();
    const [one, two] = [ask(held, 0, 'b'), ask(held, 0, 'a')];
    print(REQUEST, COMPLETED, REQUEST, BAD_STYLE);
    expect([one.fault?.reason, two.fault]).toEqual(['missing_weights', null]);
  });
  it('a picture that failed is heard of when the next begins, and its faults stay its own', () => {
    const { held, print } = stage();
    const [one, two] = [ask(held, 0, 'a'), ask(held, 1, 'a')];
    let heard = 0;
    one.heard = () => void heard++;
    print(REQUEST, lora(312), STEP, REQUEST, FAILED);
    expect(heard).toBeGreaterThan(0);
    expect([one.fault?.reason, two.fault]).toEqual(['crashed', null]);
  });
  it('a server dies of the picture that it had begun last; before any it dies of the first', async () => {
    const begun = stage();
    const pictures = [ask(begun.held, 0, 'a'), ask(begun.held, 1, 'a')];
    begun.print(REQUEST, lora(312), COMPLETED, REQUEST);
    await begun.die();
    begun.held.remove(pictures[1]!);
    expect(pictures.map((picture) => begun.held.diedOf(picture))).toEqual([false, true]);
    const idle = stage();
    const [first, second] = [ask(idle.held, 0, 'a'), ask(idle.held, 1, 'a')];
    await idle.die();
    idle.held.remove(first);
    expect([idle.held.diedOf(first), idle.held.diedOf(second)]).toEqual([true, false]);
  });
  it('ended on purpose it died of nobody', async () => {
    const { held, die } = stage();
    const one = ask(held, 0, 'a');
    void held.end();
    await die();
    expect(held.diedOf(one)).toBe(false);
  });
});
