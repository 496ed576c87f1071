import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const fake = (name: string): string => fileURLToPath(new URL(`../../../../packages/testkit/src/fake-${name}.ts`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function doctor(more: Record<string, string> = {}): Promise<{ exit: number; text: string }> {
  const env = { PATH: process.env['PATH'], DATA_DIR: folder, NVIDIA_SMI: fake('nvidia-smi'), RUNNER_ENGINE_ENV: 'FAKE_NVIDIA_SMI', ...more };
  return new Promise((resolve) => {
    execFile(process.execPath, [fileURLToPath(new URL('../doctor.ts', import.meta.url))], { env }, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

describe('npm run runner:doctor', () => {
  it('on a machine without anything offers the built-in engine, and says what would mend the rest', async () => {
    const { exit, text } = await doctor();
    expect(exit).toBe(0);
    expect(text).toContain('nvidia-smi: no driver (exit 9)');
    for (const name of ['sd-server', 'sd-cli', 'sd-scripts', 'ai-toolkit']) expect(text).toMatch(new RegExp(`-- {3}${name}: [^]*?mend: .*`));
    expect(text).toMatch(/-- {3}sd15 \(Stable Diffusion 1.5\): model.safetensors not there\n +mend: put .*sd15\/model.safetensors/);
    expect(text).toMatch(/This runner would offer\n {2}ok {3}builtin: training, generation/);
  });
  it('with a GPU, programs and a model offers them, with versions and free memory', async () => {
    mkdirSync(join(folder, 'models', 'sd15'), { recursive: true });
    mkdirSync(join(folder, 'sd-scripts'), { recursive: true });
    for (const file of ['models/sd15/model.safetensors', 'sd-scripts/train_network.py']) writeFileSync(join(folder, file), '');
    writeFileSync(join(folder, 'cards.json'), JSON.stringify({ exit: 0, output: '0, GPU-1, NVIDIA T4, 1000, 15360, [N/A], 61' }));
    const { exit, text } = await doctor({ FAKE_NVIDIA_SMI: join(folder, 'cards.json'), SD_SERVER: fake('sd-server'), SD_CLI: fake('sd-cli'), SD_SCRIPTS_DIR: join(folder, 'sd-scripts'), SD_SCRIPTS_PYTHON: fake('python') });
    expect(exit).toBe(0);
    expect(text).toContain('0 NVIDIA T4: 14360 of 15360 MiB free, 61 °C');
    expect(text).toMatch(/ok {3}sd-server fake/);
    expect(text).toContain('torch 2.9.1+fake cuda');
    expect(text).toContain('sd15: training, generation');
  });
  it('exits with 1 when nothing can be offered', async () => {
    const { exit, text } = await doctor({ ENGINES: 'ai-toolkit' });
    expect(exit).toBe(1);
    expect(text).toMatch(/This runner would offer\n {2}-- {3}nothing/);
  });
  it('says what is wrong with the settings', async () => {
    expect(await doctor({ ENGINES: 'magic' })).toMatchObject({ exit: 1, text: expect.stringContaining('ENGINES') });
  });
});
