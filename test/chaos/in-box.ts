import { bootBox, type Box, type BoxOptions } from './box.ts';

/** Boots a box, lets `work` have it, and takes it down. What pidone said goes with a failure. */
export async function inBox(options: BoxOptions, work: (box: Box) => Promise<void>): Promise<void> {
  const box = await bootBox(options);
  try {
    await work(box);
  } catch (error) {
    throw new Error(`pidone said:\n${box.stderr()}\nand the services:\n${box.log().join('\n')}`, { cause: error });
  } finally {
    await box.down();
  }
}
