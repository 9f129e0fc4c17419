import { factsOf } from '../../src/units/directive-facts.ts';
import { makeAcceptedKinds } from '../../src/units/accepted-kinds.ts';
import {
  allDirectives,
  type Directive,
  type Group,
  groupsOf,
  isKeptAsText,
  type Section,
} from '../../src/units/directives.ts';

const head = `# Directives

What pidone makes of each directive that systemd 252 to 257 know. Made by \`npm run generate\` from the table that pidone itself reads
(\`src/units/directives.ts\`): do not edit.

- **works**: as in systemd.
- **works if privileged**: as in systemd where the container has what it needs; without, \`systemctl status\` tells what was left out.
- **accepted-harmless**: read, checked, shown and told in \`systemctl status\`; the unit runs the same without it.
- **unsupported**: read, checked and told, but something is missing without it.

A wrong value is told with file, line and column, and is ignored or refused as systemd does. "Since" is the version of systemd that brought the
directive, if it is not very old; lists grow with each line, and an empty value empties them.
`;

const titles: readonly (readonly [Section | Group, string])[] = [
  ['Unit', '[Unit]'],
  ['Service', '[Service]'],
  ['Install', '[Install]'],
  ['exec', 'Execution environment'],
  ['kill', 'Killing of processes'],
  ['resources', 'Resource control'],
  ['Socket', '[Socket]'],
  ['Timer', '[Timer]'],
  ['Path', '[Path]'],
  ['Mount', '[Mount]'],
  ['Automount', '[Automount]'],
  ['Swap', '[Swap]'],
  ['Scope', '[Scope]'],
];

const columns = ['Directive', 'Value', 'Default', 'Status', 'Why', 'Since'] as const;

/** docs/directives.md */
export function directivesPage(): string {
  const sections = titles.map(([home, title]) => {
    const rows = allDirectives()
      .filter((directive) => directive.home === home)
      .map(rowOf);
    return `## ${title}\n\n${whereFrom(home)}${table([columns, ...rows])}`;
  });
  return `${head}\n${sections.join('\n')}`;
}

/** Which sections have a group. */
function whereFrom(home: Section | Group): string {
  const sections = (Object.keys(groupsOf) as Section[]).filter((section) =>
    (groupsOf[section] as readonly string[]).includes(home),
  );
  return sections.length === 0 ? '' : `Of ${sections.map((section) => `[${section}]`).join(', ')}.\n\n`;
}

const kinds = makeAcceptedKinds({ readRange: () => 2 });

/** In the words of the page's head. */
const statuses: Readonly<Record<Directive['status'], string>> = {
  done: 'works',
  'works-if-privileged': 'works-if-privileged',
  harmless: 'accepted-harmless',
  unsupported: 'unsupported',
};

function rowOf(directive: Directive): readonly string[] {
  const { key, home } = directive;
  const facts = factsOf(home).get(key);
  if (facts === undefined) throw new Error(`${key}= has no facts`);
  const { what, list } = isKeptAsText(directive) ? kinds[directive.kind] : directive.kind;
  return [
    `\`${key}=\``,
    list && !/^list|list of/.test(what) ? `list: ${what}` : what,
    facts.usual,
    statuses[directive.status],
    directive.sentence,
    facts.since === undefined ? '' : String(facts.since),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
  return `${lines[0] ?? ''}|${'---|'.repeat(columns.length)}\n${lines.slice(1).join('')}`;
}
