import { vi } from "vitest";
import { alarmOf, ringAlarm } from "./hub";

/** Stops the clock, of the Worker and of every hub; `later` moves it. It runs again after the test. */
export const stopClock = (): void => void vi.useFakeTimers({ toFake: ["Date"] });

export const later = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);

const MANY = 1000;

/** Moves the clock on, and on the way rings these people's alarms when they are due. */
export async function live(seconds: number, ...people: { id: number }[]): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let rings = 0;
  for (;;) {
    const alarms = await Promise.all(people.map(async (person) => ({ person, due: (await alarmOf(person)) ?? Infinity })));
    const [next] = alarms.sort((a, b) => a.due - b.due);
    if (!next || next.due > end) break;
    if (next.due > Date.now()) vi.setSystemTime(next.due);
    await ringAlarm(next.person);
    if (++rings > MANY) throw new Error("an alarm that rings without end");
  }
  vi.setSystemTime(end);
}
