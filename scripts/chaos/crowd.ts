/**
 * People who go on ordering, cancelling and training whatever happens to the machines. Each asks again until there is an answer,
 * with the same job id, as the page does; so what they were told must be true at the end.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from '../bench/scene.ts';
import { errorCode, type Person } from '../client/person.ts';
import { requestGeneration, startTraining } from '../client/steps.ts';
import type { Random } from './random.ts';

export interface Order { jobId: string; cancelled: boolean }
export interface Crowd {
  readonly orders: readonly Order[];
  readonly buyers: number;
  /** Answers that a person had to ask for more than once. */
  readonly askedAgain: number;
  /** Orders that nobody has seen the end of. */
  active(): number;
  /** Nothing new is ordered; resolves when every question has its answer. */
  stop(): Promise<void>;
}

export interface CrowdOptions {
  scene: Scene;
  random: Random;
  buyers: number;
  /** Orders that run or wait at once; more would only lengthen the queue. */
  atOnce: number;
  /** The fake engine does as a tag says; the built-in one always does what it can. */
  modes: readonly string[];
  /** Artists train now and then as well. */
  trainings: number;
}

const ASK_AGAIN_MS = 200;
const LOOK_MS = 300;
const COUNT_MAX = 3;
const CANCEL_SHARE = 0.15;
const CANCEL_WITHIN_MS = 2_500;
const WELCOME_TOKENS = 100;
const ENDED = new Set(['completed', 'partly_completed', 'failed', 'cancelled']);

export async function gatherCrowd({ scene, random, buyers, atOnce, modes, trainings }: CrowdOptions): Promise<Crowd> {
  const people: Person[] = [];
  for (let i = 0; i < buyers; i++) people.push(await scene.newBuyer());
  const left = new Map(people.map((person) => [person, WELCOME_TOKENS]));
  const orders: (Order & { ended: boolean })[] = [];
  const errands = new Set<Promise<void>>();
  const closing = new AbortController();
  let askedAgain = 0;
  let broken: unknown = null;

  /** Until the api answers: with what was asked for, or with a reason why not. */
  const insist = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const code = errorCode(error);
        if (code !== undefined && code !== 'INTERNAL' && code !== 'UNAVAILABLE') throw error;
        askedAgain++;
        await delay(ASK_AGAIN_MS);
      }
    }
  };
  const run = (errand: () => Promise<void>): void => {
    const one = errand().catch((error: unknown) => {
      broken ??= error;
    }).finally(() => errands.delete(one));
    errands.add(one);
  };
  const cancelLater = async (person: Person, order: Order, afterMs: number): Promise<void> => {
    await delay(afterMs);
    try {
      await insist(() => person.api.jobs.cancel.mutate({ jobId: order.jobId }));
      order.cancelled = true;
    } catch (error) {
      // It ended before.
      if (errorCode(error) !== 'JOB_NOT_CANCELLABLE') throw error;
    }
  };
  /** Follows an order to its end, as an open page does. */
  const follow = async (person: Person, order: Order & { ended: boolean }): Promise<void> => {
    while (!order.ended && !closing.signal.aborted) {
      await delay(LOOK_MS);
      const { state } = await insist(() => person.api.jobs.get.query({ jobId: order.jobId }));
      order.ended = ENDED.has(state);
    }
  };
  const order = async (): Promise<void> => {
    const count = 1 + random.below(COUNT_MAX);
    let person = random.pick(people);
    if (left.get(person)! < count) {
      person = await insist(() => scene.newBuyer());
      people.push(person);
      left.set(person, WELCOME_TOKENS);
    }
    left.set(person, left.get(person)! - count);
    const [jobId, seed, mode] = [randomUUID(), random.below(1_000), random.pick(modes)];
    const cancelAfterMs = random.next() < CANCEL_SHARE ? random.below(CANCEL_WITHIN_MS) : null;
    const tags = mode === 'ok' ? ['rounds'] : ['rounds', `fake ${mode}`];
    const placed = { jobId, cancelled: false, ended: false };
    orders.push(placed);
    await insist(() => requestGeneration(person, { jobId, styleId: scene.styleId, tags, ratio: '1:1', seed, count }));
    if (cancelAfterMs !== null) run(() => cancelLater(person, placed, cancelAfterMs));
    await follow(person, placed);
  };
  const trainAgain = async (): Promise<void> => {
    const jobId = await insist(async () => {
      try {
        return await startTraining(scene.artist, scene.styleId);
      } catch (error) {
        // Asked before, without having heard the answer.
        const code = errorCode(error);
        if (code !== 'TRAINING_RUNNING' && code !== 'TRAINING_LIMIT_REACHED') throw error;
        return (await scene.artist.api.styles.training.query({ styleId: scene.styleId }))!.jobId;
      }
    });
    if (!orders.some((known) => known.jobId === jobId)) {
      const placed = { jobId, cancelled: false, ended: false };
      orders.push(placed);
      await follow(scene.artist, placed);
    }
  };
  const active = (): number => orders.filter(({ ended }) => !ended).length;
  const flow = (async () => {
    let trained = 0;
    while (!closing.signal.aborted) {
      if (broken !== null) return;
      if (trained < trainings && orders.length > (trained + 1) * 25) {
        trained++;
        run(trainAgain);
      } else if (active() < atOnce) run(order);
      await delay(50 + random.below(200));
    }
  })();

  return {
    orders,
    get buyers() {
      return people.length;
    },
    get askedAgain() {
      return askedAgain;
    },
    active,
    stop: async () => {
      closing.abort();
      await flow;
      await Promise.all(errands);
      if (broken !== null) throw broken;
    },
  };
}
