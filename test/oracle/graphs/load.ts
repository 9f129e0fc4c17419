/** A random graph, read by pidone's loader. */
import { System } from '../../manager/system.ts';
import { fileOf } from './graph.ts';
import type { RandomGraph } from './graph.ts';

export function systemOf(graph: RandomGraph): System {
  const files: Record<string, string> = {};
  for (const unit of graph) {
    const text = fileOf(unit);
    if (text !== undefined) files[unit.name] = text;
  }
  const system = new System(files);
  for (const unit of graph) if (unit.kind === 'masked') system.mask(unit.name);
  system.reload();
  return system;
}
