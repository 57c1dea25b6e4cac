/** Whether a text holds an escape sequence. */
export function hasEscapes(text: string): boolean {
  return text.includes("\u001b");
}
