/** Settings of a runner on a machine with GPU programs: the testkit's fakes, model files by name, cards as a file tells. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@style-license/testkit';
import { afterEach } from 'vitest';
import { isAlive, type Harness } from './harness.ts';

const fake = (name: string): string => fileURLToPath(new URL(`../../../../packages/testkit/src/fake-${name}.ts`, import.meta.url));
const SEEN = ['FAKE_SD_MODE', 'FAKE_SD_SPEED', 'FAKE_SD_LOG', 'FAKE_SD_IMAGE_MS', 'FAKE_SD_PICTURES', 'FAKE_TRAINER_LOG', 'FAKE_TRAINER_GATE', 'FAKE_TRAINER_MODE', 'FAKE_NVIDIA_SMI'];

export interface SdStart { pid: number; program: string; mode: string; seed?: number; count?: number; frugal: boolean; port?: number; gpu: string | null }
export interface TrainerStart { pid: number; resumed: number; prompts: number; frugal: boolean; captions: string[]; script: string }

export class GpuMachine {
  private readonly harness: Harness;
  constructor(harness: Harness) {
    this.harness = harness;
  }

  get sdLog(): string {
    return join(this.harness.folder, 'sd.log');
  }
  get trainerLog(): string {
    return join(this.harness.folder, 'trainer.log');
  }
  get gate(): string {
    return join(this.harness.folder, 'trainer-gate');
  }
  get cards(): string {
    return join(this.harness.folder, 'nvidia-smi.json');
  }

  settings(more: Record<string, string> = {}): Record<string, string> {
    const models = join(this.harness.folder, 'models');
    for (const base of ['sd15', 'sdxl']) this.touch(join(models, base, 'model.safetensors'));
    for (const script of ['sd-scripts/train_network.py', 'sd-scripts/sdxl_train_network.py', 'ai-toolkit/run.py']) this.touch(join(this.harness.folder, script));
    return {
      RUNNER_PROTOCOL_ENGINES: '', RUNNER_GPU: 'off', RUNNER_MODELS_DIR: models, SD_CLI: fake('sd-cli'), SD_SERVER: fake('sd-server'), SD_SERVER_PORTS: '4350-4369',
      SD_SCRIPTS_DIR: join(this.harness.folder, 'sd-scripts'), SD_SCRIPTS_PYTHON: fake('python'), AI_TOOLKIT_DIR: join(this.harness.folder, 'ai-toolkit'), AI_TOOLKIT_PYTHON: fake('ai-toolkit'), NVIDIA_SMI: fake('nvidia-smi'), RUNNER_ENGINE_ENV: SEEN.join(','),
      FAKE_SD_LOG: this.sdLog, FAKE_TRAINER_LOG: this.trainerLog, FAKE_TRAINER_GATE: this.gate, FAKE_NVIDIA_SMI: this.cards, ...more,
    };
  }

  /** The cards that the driver lists, or how it fails. */
  setCards(answer: { exit?: number; output?: string; usedMib?: number[] }): void {
    const table = (answer.usedMib ?? []).map((used, i) => `${i}, GPU-${i}, Fake ${i}, ${used}, 24000, 5, ${50 + i}`).join('\n');
    writeFileSync(this.cards, JSON.stringify({ exit: answer.exit ?? 0, output: answer.output ?? table }));
  }

  sdStarts(): SdStart[] {
    return lines<SdStart>(this.sdLog);
  }
  trainerStarts(): TrainerStart[] {
    return lines<TrainerStart>(this.trainerLog);
  }

  private touch(path: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'not read by fakes');
  }

  /** After each test: nothing of it is left. */
  async clean(): Promise<void> {
    const pids = [...this.sdStarts(), ...this.trainerStarts()].map(({ pid }) => pid);
    for (const file of [this.sdLog, this.trainerLog, this.gate, this.cards]) rmSync(file, { force: true });
    await waitFor('programs to be gone', () => !pids.some(isAlive));
  }
}

const lines = <T>(file: string): T[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as T) : []);

/** Looks, after the harness has stopped its runners, that none of their programs is left: hooks run in reverse order. */
export function useGpuMachine(harness: Harness): GpuMachine {
  const machine = new GpuMachine(harness);
  afterEach(async () => {
    await harness.clean();
    await machine.clean();
  });
  return machine;
}
