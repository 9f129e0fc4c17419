/** Values of settings of standard input and of the log: systemd's src/core/load-fragment.c. */
import { type AcceptedKind, tellWord } from './accepted-kind.ts';
import { utf8 } from './name.ts';
import { unescape } from './syntax/words.ts';
import { expandOrWarn, type ValueContext, wordsOrWarn } from './value-kind.ts';
import { base64Text } from './values/base64.ts';
import { isBase64, isFieldName } from './values/identifier.ts';
import { betweenFields } from './values/record-field.ts';

/** StandardInputText=: a line with C escapes; kept with those of StandardInputData=, in order. */
export const inputText: AcceptedKind = input('text with C escapes', (text, context) => {
  const plain = unescape(text);
  const line = plain === undefined ? undefined : (expandOrWarn(plain, context) ?? '');
  return line === undefined || line === '' ? line : base64Text(Uint8Array.from(Array.from(`${line}\n`, utf8).flat()));
});

/** StandardInputData=: base64. */
export const inputData: AcceptedKind = input('base64 data', (text) => (isBase64(text) ? text : undefined));

/** undefined: wrong; '': told already. */
function input(what: string, read: (text: string, context: ValueContext) => string | undefined): AcceptedKind {
  return {
    what,
    list: true,
    keptAs: 'StandardInputData',
    read(text, before, context) {
      if (text === '') return '';
      const added = read(text, context);
      if (added === undefined) return undefined;
      return before === undefined || before === '' || added === '' ? (before ?? '') + added : `${before} ${added}`;
    },
  };
}

/** LogExtraFields=: FIELD=VALUE, which may have blanks and newlines in it. */
export const extraFields: AcceptedKind = {
  what: 'field of the journal',
  list: true,
  read(text, before, context) {
    if (text === '') return '';
    const added: string[] = [];
    for (const word of wordsOrWarn(text, context, 'unquote-unescape', false)) {
      const field = expandOrWarn(word, context);
      if (field === undefined) continue;
      const equals = field.indexOf('=');
      if (equals > 0 && isFieldName(field.slice(0, equals))) added.push(field);
      else tellWord(context, field, this.what);
    }
    const all = before === undefined || before === '' ? added : [before, ...added];
    return all.join(betweenFields);
  },
};
