import bcrypt from "bcryptjs";
import { vi } from "vitest";

/** For tests that mint many people: the real algorithm at its lowest cost. Until the end of the test. */
export function cheapHashes(): void {
  const { hash, compare } = bcrypt;
  vi.spyOn(bcrypt, "hash").mockImplementation((password) => hash(password, 4));
  // Else each log-in would make the hash anew.
  vi.spyOn(bcrypt, "getRounds").mockReturnValue(10);
  const nobodys = `$2b$04$${"x".repeat(53)}`;
  vi.spyOn(bcrypt, "compare").mockImplementation((password, known) => compare(password, known.startsWith("$2b$04$") ? known : nobodys));
}
