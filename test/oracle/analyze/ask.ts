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
  for (let at = 0; at < words.length; at += batch) {
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
