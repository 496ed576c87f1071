import { getPriority } from 'node:os';
import { waitFor } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import { processStartTime } from './identity.ts';
import { supervise, type ProcessEnd, type ProcessSpec } from './supervise.ts';

const lines: string[] = [];
const node = (script: string, over: Partial<ProcessSpec> = {}, signal = new AbortController().signal): Promise<ProcessEnd> =>
  supervise(
    { program: process.execPath, args: ['-e', script], cwd: '/', env: {}, totalMs: 20_000, inactivityMs: 20_000, graceMs: 300, onStdoutLine: (line) => lines.push(line), ...over },
    signal,
  );

describe('a supervised child', () => {
  it('ends with its code, its lines and the tail of its stderr', async () => {
    lines.length = 0;
    const end = await node('console.log("out"); console.error("a".repeat(9000) + "last words"); process.exitCode = 3');
    expect(end).toMatchObject({ code: 3, signal: null, endedBy: null, startError: null });
    expect(lines).toEqual(['out']);
    expect(end.stderrTail.trimEnd().endsWith('last words')).toBe(true);
    expect(end.stderrTail.length).toBeLessThanOrEqual(4_000);
  });
  it('sees nothing of our environment and runs at lower priority', async () => {
    lines.length = 0;
    let priority = 0;
    await node('process.stdout.write(JSON.stringify(process.env) + "\\n"); setTimeout(() => undefined, 300)', { env: { ONLY: 'this' }, onSpawn: (pid) => (priority = getPriority(pid)) });
    expect(JSON.parse(lines[0]!)).toEqual({ ONLY: 'this' });
    expect(priority).toBe(10);
  });
  it('is stalled when it says nothing for too long', async () => {
    const end = await node('console.log("hello"); setInterval(() => undefined, 1000)', { inactivityMs: 200 });
    expect(end).toMatchObject({ endedBy: 'stalled', signal: 'SIGTERM' });
  });
  it('is out of time even while it talks', async () => {
    const end = await node('setInterval(() => console.log("still here"), 20)', { totalMs: 400, inactivityMs: 10_000 });
    expect(end).toMatchObject({ endedBy: 'timeout', signal: 'SIGTERM' });
  });
  it('is killed when it does not listen to SIGTERM', async () => {
    const stop = new AbortController();
    const end = await node('process.on("SIGTERM", () => undefined); console.log("deaf"); setInterval(() => undefined, 1000)', { onStdoutLine: () => stop.abort() }, stop.signal);
    expect(end).toMatchObject({ endedBy: 'aborted', signal: 'SIGKILL' });
    expect(end.ms).toBeGreaterThanOrEqual(300);
  });
  it('takes its own children with it, even ones that hold its pipes', async () => {
    lines.length = 0;
    const end = await node(
      `const { spawn } = require('node:child_process'); const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' }); console.log(child.pid); child.unref(); setTimeout(() => process.exit(0), 50)`,
    );
    expect(end.code).toBe(0);
    expect(end.ms).toBeLessThan(10_000);
    await waitFor('the grandchild to be gone', () => processStartTime(Number(lines[0])) === null);
  });
  it('tells a program that is not there apart from one that fails', async () => {
    const end = await node('', { program: '/nowhere/engine' });
    expect(end).toMatchObject({ code: null, endedBy: null });
    expect(end.startError?.code).toBe('ENOENT');
  });
  it('does not run on when it was aborted before it began', async () => {
    const end = await node('setInterval(() => undefined, 1000)', {}, AbortSignal.abort());
    expect(end.endedBy).toBe('aborted');
  });
});

describe('who a process is', () => {
  it('is told by its start time', () => {
    expect(processStartTime(process.pid)).toBe(processStartTime(process.pid));
    expect(processStartTime(process.pid)).not.toBeNull();
    expect(processStartTime(2 ** 22 - 1)).toBeNull();
  });
});
