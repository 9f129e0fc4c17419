/** The same verbs without a manager: an image build, another root, a container that pidone does not run. Loaded by native/tool.c. */
import type { ClientPort, Given, Invocation } from './ctl/port.ts';
import { serve } from './ctl/serve.ts';
import type { Errand, Host, ToolOutput, ToolRequest } from './host.d.ts';
import type * as ConditionsPart from './main/conditions.ts';
import { createFaceWaits } from './main/face-port.ts';
import { version } from './main/version.ts';
import { environmentMap } from './manager/environment/service.ts';
import { acceptedKindsOf } from './units/accepted-part.ts';
import { openUnits, type Units } from './units/load.ts';
import { specifiersOf } from './units/machine-specifiers.ts';
import { absoluteRoot } from './units/install/paths.ts';
import { searchPathFrom } from './units/search-path.ts';

/** One command line; what it wrote and its exit status come together at the end. Status -1 sends it to the manager. */
export async function tool(host: Host, request: ToolRequest): Promise<ToolOutput> {
  const environment = environmentMap(request.environment);
  const root = rootOf(request);
  let units: Units | undefined;
  let test: ReturnType<typeof conditionTest> | undefined;
  const services: Given = {
    api: undefined,
    face: createFaceWaits(host).port,
    files: host,
    journal: host,
    journalRoot: `${root}/var/log/pidone`,
    units: () =>
      (units ??= openUnits(host, {
        searchPath: searchPathFrom(environment.get('SYSTEMD_UNIT_PATH')),
        root,
        specifiers: specifiersOf(host, request.environment, ownUid(host), root),
        acceptedKinds: acceptedKindsOf(host),
      })),
    version,
    reach: request.manager,
    testCondition: (condition) => (test ??= conditionTest(host, environment))(condition),
    load: (part) => host.load(part),
  };
  const output: CollectedOutput = { stdout: '', stderr: '', errand: undefined };
  const status = await serve(services)(invocationOf(request, environment), collector(output));
  return { ...output, status };
}

function conditionTest(
  host: Host,
  environment: ReadonlyMap<string, string>,
): ReturnType<typeof ConditionsPart.conditionTester> {
  const { conditionTester } = host.load('main/conditions.ts') as typeof ConditionsPart;
  return conditionTester(host, environment, ownUid(host));
}

/** The argument of --root as an absolute path; '' for this machine's own. */
function rootOf({ arguments: words, directory }: ToolRequest): string {
  let root = '';
  for (const [index, word] of words.entries()) {
    if (word === '--') break;
    if (word.startsWith('--root=')) root = word.slice('--root='.length);
    else if (word === '--root') root = words[index + 1] ?? '';
  }
  return absoluteRoot(root, directory);
}

function invocationOf(request: ToolRequest, environment: ReadonlyMap<string, string>): Invocation {
  return {
    id: '',
    again: request.cursor !== '',
    pid: 0,
    cursor: request.cursor,
    program: request.program,
    arguments: request.arguments,
    directory: request.directory,
    columns: request.columns,
    rows: 0,
    terminal: { stdin: false, stdout: request.stdoutIsTerminal, stderr: request.stderrIsTerminal },
    environment,
  };
}

interface CollectedOutput {
  stdout: string;
  stderr: string;
  errand: Errand | undefined;
}

function collector(output: CollectedOutput): ClientPort {
  return {
    stdout(text) {
      output.stdout += text;
      return Promise.resolve();
    },
    stderr(text) {
      output.stderr += text;
      return Promise.resolve();
    },
    cursor: () => undefined,
    errand(errand) {
      output.errand = errand;
    },
    // Nobody can ask for an end but by a signal, which ends the process: what follows for ever shows what there is.
    gone: Promise.resolve(),
    isGone: () => false,
  };
}

/** The effective uid. */
function ownUid(host: Pick<Host, 'readFile'>): number {
  const status = host.readFile('/proc/self/status', 65536);
  return typeof status === 'string' ? Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? 0) : 0;
}
