/** A file that a batch has doomed: when that is committed, `commit` removes its object. */
export class Doomed {
  constructor(readonly name: string) {}
}
