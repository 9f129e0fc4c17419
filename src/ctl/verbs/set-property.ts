/** set-property: systemd sets limits of control groups with it while a unit runs; a container's are its engine's. */
import { findDirective, type Section } from '../../units/directives.ts';
import { mangleUnitName } from '../../units/name.ts';
import { complain, type ManagedCall } from '../call.ts';

export async function setProperty(call: ManagedCall): Promise<number> {
  const [word = '', ...assignments] = call.words;
  const bad = assignments.find((assignment) => !assignment.includes('='));
  if (bad !== undefined) {
    await complain(call, `Not an assignment: ${bad}`);
    return 1;
  }
  const name = mangleUnitName(word);
  const type = name?.slice(name.lastIndexOf('.') + 1) ?? 'service';
  const section = (type.charAt(0).toUpperCase() + type.slice(1)) as Section;
  for (const assignment of assignments) {
    const key = assignment.slice(0, assignment.indexOf('='));
    const directive = findDirective(section, key);
    const why =
      directive === undefined
        ? `Cannot set property ${key}, or unknown property.`
        : directive.home === 'resources'
          ? `${key}= is a limit of a control group, which pidone has none of: give it to the container's engine.`
          : `${key}= cannot be set while the unit runs: write it into a drop-in below /etc/systemd/system/${name ?? word}.d and call daemon-reload.`;
    await complain(call, `Failed to set unit properties on ${name ?? word}: ${why}`);
  }
  return 1;
}
