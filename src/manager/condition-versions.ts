/** Conditions about versions: words with an operator each, of which all must hold (condition_test_kernel_version(), condition_test_osrelease()). */
import { extractWord, extractWords } from '../units/syntax/words.ts';
import type { ConditionPort } from './conditions.ts';
import { splitOperator, versionHolds } from './condition-values.ts';

/** Without an operator a word is a pattern. Between the operator and the value of the first word may be blanks. */
export function isKernelVersion(port: ConditionPort, parameter: string): boolean | undefined {
  const { release } = port.facts.kernel();
  let position = 0;
  for (let isFirst = true; ; isFirst = false) {
    const next = extractWord(parameter, position, 'unquote');
    if (next.kind === 'end') return true;
    if (next.kind === 'unbalanced') return undefined;
    position = next.end;
    const { operator, value } = splitOperator(next.word.trim());
    let asked = value.trim();
    if (asked === '') {
      const value = isFirst ? extractWord(parameter, position, 'plain') : next;
      if (value === next || value.kind !== 'word') return undefined;
      position = value.end;
      asked = value.word;
    }
    if (!versionHolds(operator ?? '$=', release, asked)) return false;
  }
}

/** "ID=debian", "VERSION_ID>=12": os-release(5). What is not in the file is empty. */
export function isOsRelease(port: ConditionPort, parameter: string): boolean | undefined {
  const { words, complete } = extractWords(parameter, 'unquote');
  if (!complete) return undefined;
  for (const word of words) {
    const parts = /^([A-Za-z_][A-Za-z0-9_]*)([!$<=>].*)$/s.exec(word);
    const { operator, value } = splitOperator(parts?.[2] ?? '');
    if (parts?.[1] === undefined || operator === undefined || value === '' || /^[ \t\n\r]/.test(value))
      return undefined;
    const fields = fieldsOf(port);
    if (fields === undefined) return undefined;
    if (!versionHolds(operator, fields.get(parts[1]) ?? '', value)) return false;
  }
  return true;
}

/** undefined: there is no such file. */
function fieldsOf(port: ConditionPort): ReadonlyMap<string, string> | undefined {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = port.files.readFile(path, 1 << 20);
    if (typeof text === 'number') continue;
    const fields = new Map<string, string>();
    for (const line of text.split('\n')) {
      const equals = line.indexOf('=');
      if (equals > 0) fields.set(line.slice(0, equals), line.slice(equals + 1).replace(/^(['"])(.*)\1$/, '$2'));
    }
    return fields;
  }
  return undefined;
}
