/** For the `catch` of a read: what is not there, or was deleted meanwhile, counts as `value`; all else is thrown on. */
export function ifGone<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
