/** What the two must agree on of what a service has seen: all but what is known to be another thing in a container. */
import type { Means, RandomUnit } from './units.ts';

/** Capabilities that docker gives. */
const DOCKER = 0xa80425fbn;

/** Of pidone alone: the machine's container environment reaches services. */
const containers = /^env (?:container|HOSTVAR|SYSTEMD_UNIT_PATH|ORACLE_PRIVILEGED|PASSED|TERM)=|^env LANG=C.UTF-8$/;

export function seenAlike(text: string, unit: RandomUnit, means: Means): readonly string[] {
  const limits = new Set(unit.lines.flatMap((line) => /^Limit(\w+)=/.exec(line)?.[1] ?? []));
  const passes = unit.lines.filter((line) => line.startsWith('PassEnvironment=')).join('|');
  const sets = (key: string): boolean => unit.lines.some((line) => line.startsWith(`${key}=`));
  const isInRoot = sets('RootDirectory');
  const isMounted = isInRoot || isDynamic(unit);
  let slot = '';
  return text.split('\n').flatMap((line) => {
    const [kind = '', name = ''] = line.split(' ', 2);
    if (kind === 'word' && /^Exec/.test(name)) slot = name;
    switch (kind) {
      case '':
        return [];
      // What a unit does not set is the container's.
      case 'limit':
        return limits.has(name) ? [line] : [];
      case 'oom':
        return sets('OOMScoreAdjust') && !(isInRoot && means === 'docker') ? [line] : [];
      case 'cap': {
        if (means === 'privileged') return [line];
        const [, set = '', bits = '0'] = line.split(' ');
        return [`cap ${set} ${(BigInt(`0x${bits}`) & DOCKER).toString(16)}`];
      }
      // Without CAP_SYS_ADMIN the kernel wants it before it takes a filter.
      case 'no_new_privs':
        return means === 'docker' && hasFilter(unit) ? [] : [line];
      case 'env':
        if (containers.test(line) && !(/PASSED(?!.*=(?:$|\|))/.test(passes) && line.startsWith('env PASSED=')))
          return [];
        return [
          line
            .replace(/^(env MAINPID=)\d+$/, '$1…')
            .replace(/^(env INVOCATION_ID=)[0-9a-f]{32}$/, '$1…')
            .replace(/^(env (?:PATH|NOTIFY_SOCKET)=)(?:\/opt\/pidone\/bin:|\/usr\/local\/sbin:|\/run\/).*/, '$1…'),
        ];
      // Without mounts a root directory has only what is in it.
      case 'coredumps':
        return isInRoot && means === 'docker' ? [] : [line];
      // In a mount namespace systemd hides them from all but those that start; where they could not be had systemd leaves an empty directory.
      case 'credentials':
      case 'credential':
      case 'content':
        // Root reads what is another's by a capability that docker does not give, or by one that the unit may take.
        return (means === 'docker' && (isInRoot || sets('CapabilityBoundingSet'))) ||
          (isMounted && slot !== 'ExecStart') ||
          / (?:40700 0:0|No such file or directory)$/.test(line)
          ? []
          : [line];
      // Without mounts it is the directory itself that is closed to others: docs/adr/0014.
      case 'directory':
        // Root looks into a closed one by a capability that the unit may take, or by another that docker does not give.
        if (means === 'docker' && (isInRoot || (isDynamic(unit) && sets('CapabilityBoundingSet')))) return [];
        return [isDynamic(unit) ? line.replace(/ 4(\d)7\d\d /, ' 4$1700 ') : line];
      case 'word':
        return [line.replace(/^word (?:\/opt\/pidone\/bin:|\/usr\/local\/sbin:).*/, 'word PATH')];
      default:
        return [line];
    }
  });
}

function isDynamic(unit: RandomUnit): boolean {
  return unit.lines.includes('DynamicUser=yes');
}

function hasFilter(unit: RandomUnit): boolean {
  return unit.lines.some((line) => /^(?:Restrict|LockP|MemoryD|SystemCall|DynamicUser)/.test(line));
}
