/** show: properties in the order of systemd's bus. */
import { openUnits, type Units } from '../../units/load.ts';
import type { Unit } from '../../units/model.ts';
import type { UnitName } from '../../units/name.ts';
import { complain, type ManagedCall, shown } from '../call.ts';
import { managerProperties } from '../render/manager-properties.ts';
import type { Property } from '../render/property.ts';
import { unitProperties } from '../render/unit-properties.ts';
import { isNumber, namedUnits } from './named-units.ts';

export async function show(call: ManagedCall): Promise<number> {
  const { api, client, words } = call;
  if (words.length === 0) {
    await client.stdout(renderProperties(call, managerProperties(call)));
    return 0;
  }
  const names = await namedUnits(call);
  if (names === undefined) return 1;
  for (const word of words) {
    if (!isNumber(word)) continue;
    const job = api.jobs().find(({ id }) => id === Number(word));
    if (job === undefined) {
      await complain(call, `Failed to get properties: Unknown object '/org/freedesktop/systemd1/job/${word}'.`);
      return 1;
    }
    names.push(job.unit);
  }
  // Opened when first needed, once for all units.
  const { services } = call;
  let units: Units | undefined;
  const whole = (name: UnitName): Unit =>
    (units ??= openUnits(services.files, { ...services.units().options, whole: true })).load(name);
  let first = true;
  for (const name of names) {
    await client.stdout((first ? '' : '\n') + renderProperties(call, unitProperties(call, api.view(name), whole)));
    first = false;
    if (client.isGone()) break;
  }
  return 0;
}

/** `NAME=value` lines. Empty ones only with --all, or when asked for by name. */
function renderProperties(call: ManagedCall, properties: readonly Property[]): string {
  const { options } = call;
  const asked =
    options.properties === undefined || options.properties.length === 0 ? undefined : new Set(options.properties);
  let text = '';
  for (const { name, value } of properties) {
    if (asked !== undefined && !asked.has(name)) continue;
    const values = value();
    for (const one of typeof values === 'string' ? [values] : values) {
      if ((one === '' || one === unprintable) && asked === undefined && !options.all) continue;
      // A value is one line, whatever is in it.
      const line = shown(call, one).replaceAll('\n', '\\n');
      text += options.valueOnly ? `${line}\n` : `${name}=${line}\n`;
    }
  }
  return text;
}

/** What systemctl says where it has no form for a property's type; only to those who ask. */
const unprintable = '[unprintable]';
