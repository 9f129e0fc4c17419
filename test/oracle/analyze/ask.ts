// The real systemd-analyze and ours, asked the same: many words a call, for a process is what costs time.
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';

const THEIRS = '/usr/bin';
const OURS = path.join(import.meta.dirname, '../../../build/root/bin');

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | undefined;
}

export interface Question {
  readonly tool?: 'systemd-analyze' | 'systemd-escape' | 'systemctl';
  /** What comes before the words. */
  readonly head: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** Words a call. */
const batch = 400;

/** Both say the same to all the words; where they do not, the words that make the difference are asked alone, for the report. */
export async function same(t: ExecutionContext, question: Question, words: readonly string[]): Promise<void> {
  for (let at = 0; at < Math.max(1, words.length); at += batch) {
    const some = words.slice(at, at + batch);
    if (isSame(...(await askBoth(question, some)))) continue;
    let differences = 0;
    for (const word of some) {
      const [theirs, ours] = await askBoth(question, [word]);
      if (isSame(theirs, ours)) continue;
      t.deepEqual({ word, ...ours }, { word, ...theirs }, JSON.stringify({ ...question, word }));
      if (++differences >= 10) return;
    }
    // No word alone does it: it is what they are together.
    if (differences === 0) {
      const [theirs, ours] = await askBoth(question, some);
      t.deepEqual(ours, theirs);
    }
  }
  t.pass();
}

/**
 * Words whose meaning depends on when they are asked: theirs is not before ours of just before, nor after ours of just after; but for
 * the numbers they say the same.
 */
export async function sameBetween(t: ExecutionContext, question: Question, words: readonly string[]): Promise<void> {
  const before = await ask(OURS, question, words);
  const theirs = await ask(THEIRS, question, words);
  const after = await ask(OURS, question, words);
  t.is(formOf(before.stdout), formOf(theirs.stdout));
  t.is(before.stderr, theirs.stderr);
  t.is(before.status, theirs.status);
  const [earliest, given, latest] = [secondsOf(before), secondsOf(theirs), secondsOf(after)];
  for (const [word, moment] of given)
    t.true((earliest.get(word) ?? NaN) <= moment && moment <= (latest.get(word) ?? NaN), word);
}

/** Without what a second or a day changes. */
function formOf(text: string): string {
  return text
    .replaceAll(/\d/g, '9')
    .replaceAll(/(@9+)\.9+/g, '$1')
    .replaceAll(/: \w{3} 9999-/g, ': Day 9999-');
}

/** What systemd makes of a date where clocks are those of `zone` is what we make of it with the zone's name behind it. */
export async function sameInZone(t: ExecutionContext, zone: string, words: readonly string[]): Promise<void> {
  const head = ['timestamp'];
  const theirs = secondsOf(await ask(THEIRS, { head, environment: { TZ: zone } }, words));
  const named = words.map((word) => `${word} ${zone}`);
  const ours = secondsOf(await ask(OURS, { head, environment: { TZ: 'UTC' } }, named));
  for (const word of words) t.is(ours.get(`${word} ${zone}`), theirs.get(word), `${word} ${zone}`);
}

/** By word, the seconds since 1970 that it comes to. */
function secondsOf({ stdout }: Said): Map<string, number> {
  const tables = stdout.matchAll(/^ *Original form: (.*)\n(?:.*\n){1,2}? *UNIX seconds: @(.*)\n/gm);
  return new Map(Array.from(tables, ([, word = '', seconds]) => [word, Number(seconds)]));
}

function isSame(theirs: Said, ours: Said): boolean {
  return theirs.stdout === ours.stdout && theirs.stderr === ours.stderr && theirs.status === ours.status;
}

async function askBoth(question: Question, words: readonly string[]): Promise<[Said, Said]> {
  return Promise.all([ask(THEIRS, question, words), ask(OURS, question, words)]);
}

async function ask(folder: string, question: Question, words: readonly string[]): Promise<Said> {
  const tool = path.join(folder, question.tool ?? 'systemd-analyze');
  const { stdout, stderr, exitCode } = await execa(tool, [...question.head, '--', ...words], {
    reject: false,
    stripFinalNewline: false,
    extendEnv: false,
    env: { LANG: 'C.UTF-8', ...question.environment },
    ...(question.directory === undefined ? {} : { cwd: question.directory }),
  });
  // How far a moment is from now differs from one call to the next; who called is a matter of taste.
  const even = (text: string): string =>
    text.replaceAll(/^( *From now:) .*$/gm, '$1 …').replaceAll(`${tool}: `, `${path.basename(tool)}: `);
  return { stdout: even(stdout), stderr: even(stderr), status: exitCode };
}
