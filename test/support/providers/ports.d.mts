export function freePorts<const Name extends string>(...names: Name[]): Promise<Record<Name, number>>;
