import bcrypt from "bcryptjs";
import { vi } from "vitest";

const { hash, compare } = bcrypt;
const NOBODYS = `$2b$04$${"x".repeat(53)}`;

/** For tests that mint people, which is nearly all: the real algorithm at its lowest cost. Until the end of the test. */
export function cheapHashes(): void {
  vi.spyOn(bcrypt, "hash").mockImplementation((password) => hash(password, 4));
  vi.spyOn(bcrypt, "compare").mockImplementation((password, known) => compare(password, known.startsWith("$2b$04$") ? known : NOBODYS));
  // Else each log-in would make the hash anew.
  vi.spyOn(bcrypt, "getRounds").mockReturnValue(10);
}

/** For tests that are about hashes. */
export function realHashes(): void {
  for (const name of ["hash", "compare", "getRounds"] as const) vi.mocked(bcrypt[name]).mockRestore();
}
