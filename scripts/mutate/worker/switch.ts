/** Which mutant is on in this process, and which ones the code came by. */
export interface MutantSwitch {
  /** 0 switches all off. */
  turn(id: number): void;
  /** Forgets what was reached. */
  clear(): void;
  isHit(id: number): boolean;
  hits(): readonly number[];
}

declare global {
  /** What instrumented code asks: whether this mutant is on. */
  var __mutant: (id: number) => boolean;
}

/** Puts the function that instrumented code calls into the global scope. `ids`: one more than the highest id. */
export function installSwitch(ids: number, first: number): MutantSwitch {
  const reached = new Uint8Array(ids);
  let active = first;
  globalThis.__mutant = (id) => {
    reached[id] = 1;
    return id === active;
  };
  return {
    turn(id) {
      active = id;
    },
    clear: () => void reached.fill(0),
    isHit: (id) => reached[id] === 1,
    hits: () => [...reached.keys()].filter((id) => reached[id] === 1),
  };
}
