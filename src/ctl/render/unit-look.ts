/** The dot before a unit and the colours of its state words. */
import type { ActiveState, UnitView } from '../../manager/api.ts';
import type { LoadState } from '../../units/model.ts';
import type { Palette } from './colour.ts';

type Paint = (text: string) => string;

/** ● ○ × ↻: what systemctl 252 puts before a unit in status and trees. */
export function dotOf(active: ActiveState): string {
  switch (active) {
    case 'inactive':
    case 'maintenance':
      return '○';
    case 'failed':
      return '×';
    case 'reloading':
      return '↻';
    case 'active':
    case 'activating':
    case 'deactivating':
      return '●';
  }
}

export function paintOfActive(active: ActiveState, palette: Palette): Paint | undefined {
  switch (active) {
    case 'failed':
      return palette.bad;
    case 'active':
    case 'reloading':
      return palette.good;
    case 'activating':
    case 'deactivating':
    case 'maintenance':
    case 'inactive':
      return undefined;
  }
}

export function paintOfLoad(load: LoadState, palette: Palette): Paint | undefined {
  return load === 'loaded' || load === 'masked' ? undefined : palette.bad;
}

/** The description that systemd shows: the name where there is none. */
export function descriptionOf({ unit }: UnitView): string {
  return unit.common.description === '' || unit.load === 'not-found' || unit.load === 'masked'
    ? unit.name
    : unit.common.description;
}
