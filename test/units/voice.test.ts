import { globSync, readFileSync } from 'node:fs';
import test from 'ava';
import ts from 'typescript';
import { explainBadBeginning, voiceProblem } from './voice.ts';

interface Message {
  readonly place: string;
  readonly by: 'warn' | 'refuse';
  readonly text: string;
}

/** What warn() and refuse() are given in the sources, where it is written there: `${…}` stands for what is put in. */
function messagesOf(file: string): readonly Message[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments[0] !== undefined) {
      const by = /(?:^|\.)(warn|refuse)$/.exec(node.expression.getText())?.[1];
      if (by === 'warn' || by === 'refuse') {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        for (const text of textsOf(node.arguments[0])) found.push({ place: `${file}:${line + 1}`, by, text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function textsOf(expression: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) {
    return [[expression.head.text, ...expression.templateSpans.map(({ literal }) => literal.text)].join('${…}')];
  }
  if (ts.isConditionalExpression(expression)) {
    return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
  }
  return ts.isParenthesizedExpression(expression) ? textsOf(expression.expression) : [];
}

const messages = globSync('src/units/**/*.ts').sort().flatMap(messagesOf);

test('What is told of a value begins with what is wrong and ends with what became of it', (t) => {
  t.true(messages.length > 20);
  const wrong = messages
    .filter(({ by, text }) => by === 'warn' && voiceProblem(text) !== undefined)
    .map(({ place, text }) => `${place}: ${text}: ${voiceProblem(text) ?? ''}`);
  t.deepEqual(wrong, []);
});

test('Why a unit is refused is what is wrong alone: what becomes of it is added', (t) => {
  const wrong = messages
    .filter(({ by, text }) => by === 'refuse' && (explainBadBeginning(text) !== undefined || /; [^']*$/.test(text)))
    .map(({ place, text }) => `${place}: ${text}`);
  t.deepEqual(wrong, []);
});
