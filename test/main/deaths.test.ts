// The manager dies in every single batch of a long life: what has become of everything in the end is always the same.
import test from 'ava';
import { type Death, differences, everyBatch, live } from './life.ts';
import { longLife } from './long-life.ts';
import { randomLife } from './random-life.ts';

test('A long life without a death has every kind of end in it', async (t) => {
  const { story } = await live(longLife);
  t.is(story.exited, 0);
  t.true(story.answers.every((answer) => / [01] /.test(answer)));
  t.is(story.commands['again.service']?.filter((command) => command === '/bin/again').length, 4);
  t.is(story.commands['helps.service']?.length, 3);
});

test('In whatever batch of a long life the manager dies, before, amid or after its effects are out: the same commands, answers and states', async (t) => {
  // Each batch in each moment is for the nights.
  const some = (batches: number): readonly Death[] => everyBatch(batches).filter((_, index) => index % 4 === 0);
  t.deepEqual(await differences(longLife, some), []);
});

test('The same with lives that nobody wrote', async (t) => {
  for (let seed = 1; seed <= 12; seed++) {
    const life = randomLife(seed);
    const found = await differences(life, (batches) => everyBatch(batches).filter(({ at }) => at % 25 === seed));
    t.deepEqual(found, [], `seed ${String(seed)}`);
  }
});
