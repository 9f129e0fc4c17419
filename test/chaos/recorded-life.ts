/** A life of a box that is recorded, with something done at one moment of its first manager. */
import { type Box, makeBox } from './box.ts';
import { type Brake, brake, type Moment } from './brake.ts';

export const recordingPath = '/run/pidone/recording';

/** The `at`-th moment of its kind. */
export interface At {
  readonly moment: Moment;
  readonly at: number;
}

/**
 * @param when undefined: nothing is done.
 * @param act The manager stands there; whoever acts kills it or lets it go.
 * @param live What is done meanwhile, and what becomes of it; an error gets all that was said.
 */
export async function liveRecorded<Lived>(
  units: Readonly<Record<string, string>>,
  when: At | undefined,
  act: (box: Box, stopped: Brake) => Promise<void>,
  live: (box: Box) => Promise<Lived>,
): Promise<Lived> {
  const box = await makeBox({
    units,
    arguments: ['--log-level=info'],
    environment: [`PIDONE_RECORD=${recordingPath}`],
  });
  try {
    const stopped = when === undefined ? undefined : await brake(box.init, when.moment, when.at);
    const fate = stopped?.caught.then(async (caught) => {
      if (caught) await act(box, stopped);
    });
    try {
      box.go();
      return await live(box);
    } catch (error) {
      throw new Error(`pidone said:\n${box.stderr()}\nand the services:\n${box.log().join('\n')}`, { cause: error });
    } finally {
      await stopped?.release();
      await fate;
    }
  } finally {
    await box.down();
  }
}
