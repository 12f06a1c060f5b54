import { happen, pause } from "./hub";
import type { Person } from "./people";
import type { Frame, Socket } from "./socket";

/** The frame that says how somebody is. */
export const is = (person: Person, status: string, is_online = status !== "offline") => ({
  type: "status_update",
  user_id: person.id,
  status,
  is_online,
});

/** What a socket has heard of somebody, once all that is under way has arrived. */
export async function heardOf(person: Person, socket: Socket, listener: Person): Promise<Frame[]> {
  await pause(30);
  const before = socket.lastSeq();
  await happen(listener);
  await socket.until(() => socket.lastSeq() > before, "a mark behind what came before");
  return socket.ofType("status_update").filter(({ user_id }) => user_id === person.id);
}
